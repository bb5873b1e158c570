/** The pages that people read, and the lines of them that can be typed. */
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
export const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

export const PAGES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'terraform/README.md',
    ...readdirSync(new URL('docs', ROOT))
      // Stories are generated, and show what notifications hold.
      .filter((name) => name.endsWith('.md') && name !== 'notices.md')
      .map((name) => `docs/${name}`),
  ].map((path) => [path, read(path)]),
);

/** Lines of code blocks, a continued one as one; and what is between backticks. */
export function codeOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/```\w*\n([^]*?)```/g)].map(([, code = '']) => code);
  const inline = [...text.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`\n]+)`/g)];
  return [
    ...blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n')),
    ...inline.map(([, code = '']) => code),
  ].map((line) => line.trim());
}
