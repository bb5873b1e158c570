/** The commands, their options and their help; each command's own file is loaded when it is asked for. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import * as v from 'valibot';
import type { AwsClients } from './awsClients.ts';
import type { CheckOptions } from './check.ts';
import type { CostOptions } from './cost.ts';
import { addCrlCommands } from './crl.ts';
import type { MapOptions } from './map.ts';
import { addOperatorCommands } from './operatorCommands.ts';
import { JSON_OPTION, REGION, STATE_TABLE, type Start } from './options.ts';
import { harmless, harmlessJson } from './output/safeText.ts';
import type { PlanOptions } from './plan.ts';
import type { RehearseOptions } from './rehearse.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

/** Runs one command line (`argv` without node and script) to its exit code; rejects only for bugs of ours. */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  let exit: ExitCode = WELL;
  const program = commands(terminal, async (start) => {
    exit = await start();
  });
  try {
    await program(clients).parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
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

const NO_PROBES = ['--no-probes', "send no probes: go by EC2's word alone"] as const;
const VANTAGES = [
  '--vantages',
  'let the deployed probe functions knock (VPN_MEDIC_PROBE_FUNCTIONS) instead of this machine',
] as const;

const commands =
  (terminal: Terminal, start: Start) =>
  (clients: AwsClients): Command => {
    const program = new Command('vpn-medic')
      .description('Watches every VPN way into your VPCs. Start with: vpn-medic rehearse')
      .version(ownVersion())
      .exitOverride()
      .configureOutput({
        writeOut: terminal.out,
        writeErr: terminal.err,
        getOutHelpWidth: () => terminal.columns,
        getErrHelpWidth: () => terminal.columns,
        getOutHasColors: () => terminal.hasColour,
        getErrHasColors: () => terminal.hasColour,
      })
      .showHelpAfterError('(vpn-medic help COMMAND says more)')
      .addHelpText('after', EXITS);

    program
      .command('rehearse')
      .description('run fault scenarios in a simulated account: no AWS, no network, a few seconds')
      .option('--scenario <name...>', 'which scenarios, or all (default: ten of them)')
      .option('--list', 'list the scenarios')
      .option('--verbose', 'print every event of every scenario')
      .option('--serve [port]', 'a live page on this machine instead: click a resource to fail it')
      .option(
        '--fail <what...>',
        'a fault of your own instead: zone:a, host:NAME, instance:ID, all',
      )
      .option('--seed <text>', 'random seed: the same seed gives the same run (default: 1)')
      .option('--snapshot <file>', 'run in your own network: a file of vpn-medic check --json')
      .option(...JSON_OPTION)
      .action((options: RehearseOptions) =>
        start(async () => (await import('./rehearse.ts')).rehearse(options, terminal)),
      );

    program
      .command('check')
      .description('look at the account once, write nothing, say what was seen')
      .option(...REGION)
      .option(...STATE_TABLE)
      .option(...NO_PROBES)
      .option(...VANTAGES)
      .option('--all', 'list every route, also the many that are where they belong')
      .option(...JSON_OPTION)
      .action((options: CheckOptions) =>
        start(async () => (await import('./check.ts')).check(options, terminal, clients)),
      );

    program
      .command('plan')
      .description('what would move where if something failed now; nothing is touched')
      .requiredOption('--fail <what...>', 'what fails: instance:i-… (or its name), zone:NAME')
      .option('--snapshot <file>', 'ask a file of vpn-medic check --json instead of the account')
      .option(...REGION)
      .option(...STATE_TABLE)
      .option(...NO_PROBES)
      .option(...VANTAGES)
      .option(...JSON_OPTION)
      .addHelpText('after', '\nExit: 0 nothing would be lost, 2 something would, 1 could not tell.')
      .action((options: PlanOptions) =>
        start(async () => (await import('./plan.ts')).plan(options, terminal, clients)),
      );

    program
      .command('map')
      .description('draw the account as one HTML page: vpn-medic map > map.html')
      .option('--snapshot <file>', 'draw a file of vpn-medic check --json instead of the account')
      .option('--width <pixels>', 'how wide the picture is, 280 to 8000 (default: 1200)')
      .option('--theme <name>', 'light, dark or auto (default: as the reader has it)')
      .option(...REGION)
      .option(...STATE_TABLE)
      .option(...NO_PROBES)
      .option(...VANTAGES)
      .action((options: MapOptions) =>
        start(async () => (await import('./map.ts')).map(options, terminal, clients)),
      );

    program
      .command('cost')
      .description('what a month of vpn-medic costs here, line by line, at documented prices')
      .option(...REGION)
      .option('--sim', 'of the simulated account: no AWS')
      .option('--snapshot <file>', 'of a file of vpn-medic check --json')
      .option('--appliances <count>', 'so many appliances, whatever there are')
      .option('--connections <count>', 'so many Site-to-Site connections, two tunnels each')
      .option('--endpoints <count>', 'so many Client VPN endpoints')
      .option('--watch-seconds <count>', "as the deployment's parameter: 90 (default) or 12")
      .option('--watch-memory-mb <count>', "as the deployment's parameter: 256 (default) or more")
      .option(...JSON_OPTION)
      .action((options: CostOptions) =>
        start(async () => (await import('./cost.ts')).cost(options, terminal, clients)),
      );

    addOperatorCommands(program, terminal, start, clients);
    addCrlCommands(program, terminal, start, clients);
    return program;
  };

const EXITS = `
AWS is reached as the AWS SDK always does it: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the rest.
Exit: 0 well, 1 could not tell, 2 something needs a person.`;

const Manifest = v.object({ version: v.string() });

const ownVersion = (): string =>
  v.parse(
    Manifest,
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
  ).version;
