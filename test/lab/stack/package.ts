/** Packages the stack with neither an account nor a network: whoever asks for either fails at once. */
import { join } from 'node:path';
import { parameters, sls } from './sls.ts';
import { type PackagedTemplate, readTemplate } from './template.ts';

export const NOWHERE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
};

export const pathOf = (folder: string, stage: string): string =>
  join(folder, stage, 'cloudformation-template-update-stack.json');

/** @throws {Error} with what the tool printed. */
export async function packaged(
  folder: string,
  stage: string,
  candidate: Readonly<Record<string, string>>,
): Promise<PackagedTemplate> {
  const where = ['--stage', stage, '--region', 'eu-west-1', '--package', join(folder, stage)];
  const said = await sls(['package', ...where, ...parameters(candidate)], { env: NOWHERE });
  if (said.code !== 0) throw new Error(`packaging: ${said.text}`);
  return readTemplate(pathOf(folder, stage));
}
