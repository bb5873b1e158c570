/** The commands that deploy and remove the stack from the npm package, without a clone. */
import type { DeployOptions } from './deploy.ts';
import { type AddCommands, JSON_OPTION, REGION } from './options.ts';
import type { RemoveOptions } from './remove.ts';
import type { TemplateOptions } from './template.ts';

const STAGE_OF_STACK = [
  '--stage <name>',
  'names the stack: vpn-medic-STAGE (default: prod)',
] as const;
const YES = ['-y, --yes', 'do not ask'] as const;

export const addStackCommands: AddCommands = (program, terminal, start, clients) => {
  program
    .command('deploy')
    .description('deploy this version as a CloudFormation stack; shows every change and asks')
    .option('--param <name=value...>', 'a parameter of docs/parameters.md; others keep their value')
    .option(
      '--bucket <name>',
      'for the functions’ code, in the same region (default: one is made, after a question)',
    )
    .option(...REGION)
    .option(...STAGE_OF_STACK)
    .option(...YES)
    .option(...JSON_OPTION)
    .action((options: DeployOptions) =>
      start(async () => (await import('./deploy.ts')).deploy(options, terminal, clients)),
    );

  program
    .command('remove')
    .description('delete the stack that vpn-medic deploy made, and say what stays')
    .option(...REGION)
    .option(...STAGE_OF_STACK)
    .option(...YES)
    .option(...JSON_OPTION)
    .action((options: RemoveOptions) =>
      start(async () => (await import('./remove.ts')).remove(options, terminal, clients)),
    );

  program
    .command('template')
    .description('write the CloudFormation template and the functions’ code: for stack sets')
    .requiredOption('--out <folder>', 'where to; files of the same names are written over')
    .option(...JSON_OPTION)
    .action((options: TemplateOptions) =>
      start(async () => (await import('./template.ts')).template(options, terminal)),
    );
};
