/** Cuts the SDK's descriptions of AWS's shapes down to what a bundle can use: a plugin of the build, never of the CLI. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * A generated client describes every shape of its service in one file, and writes keys as `[_Min]: …` with
 * `const _Min = "Min"` far above. To a bundler a computed key may do anything, so all shapes stay: 550 KB of EC2 alone.
 * With the text in place of its name, the shapes that no command of ours mentions fall away.
 */
export const slimSchemas: Plugin = {
  name: 'slim-schemas',
  setup: (work) => {
    const words = wordsOfOurs(join(import.meta.dirname, '..'));
    work.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas[\\/][^\\/]*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const literal = withLiteralKeys(source).replaceAll(
        /^n0_registry\.registerError\((\w+)\$, \1\);$/gm,
        (line, name: string) => (KEPT_ERRORS.has(name) ? line : ''),
      );
      return {
        contents: WIDE_CLIENTS.test(path) ? withoutUnnamedMembers(literal, await words) : literal,
        loader: 'js',
      };
    });
  },
};

/**
 * The schemas without the members that `words` does not hold. EC2 tells sixty things of an instance, and of many of them
 * sixty more (35 KB); what no source of ours names can be neither asked for nor read, and in a reply it is passed over
 * like a member newer than the SDK. Required members stay, being counted, and those with traits of their own in numbers
 * (an idempotency token is filled in by the SDK).
 * @throws {Error} when a structure has not as many members as names: the SDK writes its schemas in another way then.
 */
export function withoutUnnamedMembers(source: string, words: ReadonlySet<string>): string {
  const texts = textsOf(source);
  return source.replaceAll(
    STRUCTURE,
    (_, head: string, names: string, members: string, required?: string) => {
      const nameList = split(names);
      const memberList = split(members);
      if (nameList.length !== memberList.length)
        throw new Error(
          `${/\w+\$/.exec(head)?.[0]}: ${nameList.length} names, ${memberList.length} members`,
        );
      const kept = nameList.flatMap((name, index) => {
        const member = memberList[index] ?? '';
        const text: unknown = JSON.parse(texts.get(name) ?? 'null');
        const isNamed = typeof text !== 'string' || words.has(text);
        const isNeeded = index < Number(required ?? 0) || /, [1-9]\d*\]$/.test(member);
        return isNamed || isNeeded ? [{ name, member }] : [];
      });
      const list = (of: 'name' | 'member') => `[${kept.map((each) => each[of]).join(', ')}]`;
      return `${head}${list('name')}, ${list('member')}${required ? `, ${required}` : ''}];`;
    },
  );
}

/** `[3, namespace, name, traits, [names], [members], required count]`, as the generator lays it out. */
const STRUCTURE =
  /^(export var \w+\$ = \[3, \w+, \w+,\n {4}(?:0|\{[^}]*\}),\n {4})\[([^\]]*)\],\n {4}\[([\s\S]*?)\](?:, (\d+))?\n\];$/gm;

/** Their services tell more than we ask for, and nothing in their clients but our commands writes a member. S3's does. */
const WIDE_CLIENTS = /@aws-sdk[\\/]client-(dynamodb|ec2|lambda)[\\/]/;

function withLiteralKeys(source: string): string {
  const texts = textsOf(source);
  return source.replaceAll(/\[(\w+)\]:/g, (whole, name: string) => {
    const text = texts.get(name);
    return text === undefined ? whole : `${text}:`;
  });
}

function textsOf(source: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [, name, text] of source.matchAll(/^const (\w+) = ("(?:[^"\\]|\\.)*");$/gm)) {
    if (name !== undefined && text !== undefined) texts.set(name, text);
  }
  return texts;
}

/** At the commas that no bracket encloses. */
function split(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < list.length; index += 1) {
    const character = list.charAt(index);
    if ('[{('.includes(character)) depth += 1;
    if (']})'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(list.slice(start, index).trim());
      start = index + 1;
    }
  }
  const last = list.slice(start).trim();
  return last === '' ? parts : [...parts, last];
}

/**
 * Every capitalised word of lib/aws (the linter lets nothing else import a client), be it in code, in a string or in a
 * comment: too many rather than too few.
 */
async function wordsOfOurs(root: string): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  const folder = join(root, 'lib', 'aws');
  for (const file of (await readdir(folder, { recursive: true })).filter((name) =>
    name.endsWith('.ts'),
  )) {
    const source = await readFile(join(folder, file), 'utf8');
    for (const [word] of source.matchAll(/\b[A-Z]\w*/g)) words.add(word);
  }
  return words;
}

/**
 * Error classes that lib/aws reads a field of, or knows by a name that differs from the code on the wire (56 KB of others
 * fall away). An error without a class comes as its client's base class, with the code as its name.
 */
const KEPT_ERRORS: ReadonlySet<string> = new Set([
  'AuthorizationErrorException',
  'ConditionalCheckFailedException',
  'KMSAccessDeniedException',
  'NotFoundException',
  'ThrottledException',
]);
