/** The command line: parses it, runs its command, and maps what is refused to an exit code. A command's own file is loaded when it is asked for. */
import { Argument, Command, CommanderError } from 'commander';
import { addAccountCommands } from './accountCommands.ts';
import type { AwsClients } from './awsClients.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import { addCrlCommands } from './crl.ts';
import { addExamples } from './examples.ts';
import { addOperatorCommands } from './operatorCommands.ts';
import type { AddCommands, Start } from './options.ts';
import { harmless, harmlessJson } from './output/safeText.ts';
import { addStackCommands } from './stackCommands.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';
import { ownVersion } from './version.ts';

/** Runs one command line (`argv` without node and script) to its exit code; rejects only for bugs of ours. */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  let exit: ExitCode = WELL;
  const isWide = argv.includes('--wide');
  const page = isWide ? { ...terminal, columns: Number.POSITIVE_INFINITY } : terminal;
  const program = openProgram(page);
  const start: Start = async (command) => {
    exit = await command();
  };
  addCommands(program, page, start, clients);
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? WELL : CANNOT_TELL;
    if (!(error instanceof Unable)) throw error;
    terminal.err(`vpn-medic: ${error.message.split('\n').map(harmless).join('\n')}\n`);
    if (argv.includes('--json')) {
      terminal.out(`${harmlessJson({ version: 1, error: error.message })}\n`);
    }
    return CANNOT_TELL;
  }
}

function openProgram(terminal: Terminal): Command {
  return new Command('vpn-medic')
    .description(
      'Monitors and repairs the VPN paths into your VPCs. Start with: vpn-medic rehearse',
    )
    .version(ownVersion())
    .option('--wide', 'cut and wrap nothing, however narrow the terminal')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => Math.min(HELP_COLUMNS_MAX, terminal.columns),
      getErrHelpWidth: () => Math.min(HELP_COLUMNS_MAX, terminal.columns),
      getOutHasColors: () => terminal.hasColour,
      getErrHasColors: () => terminal.hasColour,
    })
    .showHelpAfterError('(see also: vpn-medic help COMMAND)')
    .addHelpText('after', EXITS);
}

const addCommands: AddCommands = (program, terminal, start, clients) => {
  addAccountCommands(program, terminal, start, clients);
  addStackCommands(program, terminal, start, clients);
  addOperatorCommands(program, terminal, start, clients);
  addCrlCommands(program, terminal, start, clients);
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action((shell: Shell) =>
      start(async () => {
        terminal.out(completionScript(program, shell));
        return WELL;
      }),
    );
  addExamples(program);
};

const HELP_COLUMNS_MAX = 100;

const EXITS = `
Credentials and endpoints are those of the AWS SDK: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ...
Exit: 0 well, 1 unknown, 2 something needs a person.`;
