/** The commands that look at an account, whether simulated, captured or real; setup alone may tag it. */
import type { CallHook } from '../aws/client.ts';
import type { CaptureOptions } from './capture.ts';
import type { CheckOptions } from './check.ts';
import type { CostOptions } from './cost.ts';
import type { DoctorOptions } from './doctor.ts';
import type { MapOptions } from './map.ts';
import { type AddCommands, CAPTURE, JSON_OPTION, REGION, STAGE, STATE_TABLE } from './options.ts';
import type { PlanOptions } from './plan.ts';
import type { RehearseOptions } from './rehearse.ts';
import type { ReplayCommandOptions } from './replay.ts';
import type { SetupOptions } from './setup.ts';
import { ownVersion } from './version.ts';

const NO_PROBES = ['--no-probes', 'send no probes: judge by EC2 alone'] as const;
const VANTAGES = [
  '--vantages',
  'probe from the deployed probe functions instead of this machine',
] as const;

/** In the order of the help page. */
export const addAccountCommands: AddCommands = (program, terminal, start, clients) => {
  addRehearse(program, terminal, start, clients);
  addSetup(program, terminal, start, clients);
  addCapture(program, terminal, start, clients);
  addReplay(program, terminal, start, clients);
  addCheck(program, terminal, start, clients);
  addDoctor(program, terminal, start, clients);
  addPlan(program, terminal, start, clients);
  addMap(program, terminal, start, clients);
  addCost(program, terminal, start, clients);
};

const addRehearse: AddCommands = (program, terminal, start) => {
  program
    .command('rehearse')
    .description('run fault scenarios in a simulated account: no AWS, no network, a few seconds')
    .option('--scenario <name...>', 'which scenarios, or all (default: ten of them)')
    .option('--list', 'list the scenarios')
    .option('--verbose', 'print every event of every scenario')
    .option('--serve [port]', 'a live page on this machine instead: click a resource to fail it')
    .option(
      '--fail <what...>',
      'a fault of your own instead: zone:a, host:NAME, instance:ID, connection:NAME, site:NAME, all',
    )
    .option('--seed <text>', 'random seed: the same seed gives the same run (default: 1)')
    .option('--capture <file>', 'run in your own network: a file of vpn-medic capture')
    .option('--region <name>', 'with --capture of several regions: which')
    .option(
      '--every',
      'fail each single thing, one after another; exit 2 when one cuts something off',
    )
    .option('--pairs', 'with --every: each two appliances at once, too')
    .option('--html <file>', 'with --every: write a page to show')
    .option(...JSON_OPTION)
    .action((options: RehearseOptions) =>
      start(async () => (await import('./rehearse.ts')).rehearse(options, terminal)),
    );
};

const addSetup: AddCommands = (program, terminal, start, clients) => {
  program
    .command('setup')
    .description('propose groups, tags, probes and rules for what looks like VPN appliances')
    .option('--format <name>', 'commands, terraform or cloudformation (default: commands)')
    .option('--apply', 'add the tags, after a question; nothing else is ever written')
    .option('-y, --yes', 'do not ask')
    .option(...REGION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      '\nWithout --apply it is read-only. Exit: 1 when nothing was found to propose.',
    )
    .action((options: SetupOptions) =>
      start(async () => (await import('./setup.ts')).setup(options, terminal, clients)),
    );
};

const addCapture: AddCommands = (program, terminal, start) => {
  program
    .command('capture')
    .description(
      'read what AWS says of the account once, read-only, as a file: vpn-medic capture --out FILE',
    )
    .option('--out <file>', 'a new file that only you may read (default: standard output)')
    .option('--anonymise', 'replace names, descriptions, public addresses and account numbers')
    .option('--crl-buckets <inbox,public>', 'the files of the CRL publisher, too')
    .option('--regions <names>', 'several, separated by commas, one after the other into one file')
    .option('--every <time>', 'again and again, as in 60s; only what changed is written')
    .option('--for <time>', 'how long --every goes on, as in 30m; at most 1d (default: 30m)')
    .option(...REGION)
    .option(...STAGE)
    .option(...NO_PROBES)
    .option(...VANTAGES)
    .addHelpText('after', '\nRead docs/capture.md before you share one.')
    .action((options: CaptureOptions) =>
      start(async () => {
        const [{ capture }, { awsClients }] = await Promise.all([
          import('./capture.ts'),
          import('./awsClients.ts'),
        ]);
        const clientsWith = (onCall: CallHook) => awsClients(terminal.clock, onCall);
        return capture(options, terminal, clientsWith, ownVersion());
      }),
    );
};

const addReplay: AddCommands = (program, terminal, start) => {
  program
    .command('replay')
    .description('play captures through the functions as deployed, on a virtual clock: no AWS')
    .argument('<file...>', 'captures (docs/capture.md), in any order')
    .option('--mode <mode>', 'act or observe (default: VPN_MEDIC_MODE, else act)')
    .option('--state <file>', 'exported state to begin with (default: an empty state table)')
    .option(...JSON_OPTION)
    .addHelpText('after', '\nSettings: the VPN_MEDIC_* variables of a deployment.')
    .action((files: readonly string[], options: ReplayCommandOptions) =>
      start(async () => (await import('./replay.ts')).replay(files, options, terminal)),
    );
};

const addCheck: AddCommands = (program, terminal, start, clients) => {
  program
    .command('check')
    .description('check the account once, read-only, and report')
    .option(...REGION)
    .option(...STAGE)
    .option(...STATE_TABLE)
    .option(...NO_PROBES)
    .option(...VANTAGES)
    .option(...CAPTURE)
    .option('--all', 'list every route, also those on their preferred next hop')
    .option('--watch [seconds]', 'look again every so often, until Ctrl-C (default: 10)')
    .option(...JSON_OPTION)
    .action((options: CheckOptions) =>
      start(async () => (await import('./check.ts')).check(options, terminal, clients)),
    );
};

const addDoctor: AddCommands = (program, terminal, start, clients) => {
  program
    .command('doctor')
    .description('examine the deployed stack, read-only: permissions, probes, topics, alarms')
    .option(...REGION)
    .option(...STAGE)
    .option(...JSON_OPTION)
    .addHelpText('after', '\nExit: 0 all is well, 2 something is wrong, 1 something is unknown.')
    .action((options: DoctorOptions) =>
      start(async () =>
        (await import('./doctor.ts')).doctor(options, terminal, clients, ownVersion()),
      ),
    );
};

const addPlan: AddCommands = (program, terminal, start, clients) => {
  program
    .command('plan')
    .description('what would move where if a resource failed now; read-only')
    .option(
      '--fail <what...>',
      'what fails: instance:ID or connection:ID (or its name), zone:NAME, group:NAME, site:NAME, all; without it: list what there is',
    )
    .option(...CAPTURE)
    .option(...REGION)
    .option(...STAGE)
    .option(...STATE_TABLE)
    .option(...NO_PROBES)
    .option(...VANTAGES)
    .option(...JSON_OPTION)
    .addHelpText('after', '\nExit: 0 nothing would be lost, 2 something would, 1 unknown.')
    .action((options: PlanOptions) =>
      start(async () => (await import('./plan.ts')).plan(options, terminal, clients)),
    );
};

const addMap: AddCommands = (program, terminal, start, clients) => {
  program
    .command('map')
    .description('draw the account as one HTML page: vpn-medic map > map.html')
    .option(...CAPTURE)
    .option('--width <pixels>', 'width of the picture, 280 to 8000 (default: 1200)')
    .option('--theme <name>', "light, dark or auto (default: the reader's setting)")
    .option(...REGION)
    .option(...STAGE)
    .option(...STATE_TABLE)
    .option(...NO_PROBES)
    .option(...VANTAGES)
    .action((options: MapOptions) =>
      start(async () => (await import('./map.ts')).map(options, terminal, clients)),
    );
};

const addCost: AddCommands = (program, terminal, start, clients) => {
  program
    .command('cost')
    .description('what a month of vpn-medic costs here, line by line, at documented prices')
    .option(...REGION)
    .option('--sim', 'of the simulated account: no AWS')
    .option(...CAPTURE)
    .option('--appliances <count>', 'assume this number of appliances')
    .option(
      '--connections <count>',
      'assume this number of Site-to-Site connections, two tunnels each',
    )
    .option('--endpoints <count>', 'assume this number of Client VPN endpoints')
    .option('--watch-seconds <count>', "as the deployment's parameter: 90 (default) or 12")
    .option(
      '--instance-events <count>',
      'EC2 events of the account a day: 500 (default), three for an instance that comes and goes',
    )
    .option(
      '--metric-dimensions <name>',
      "as the deployment's parameter: region (default), or resource",
    )
    .option('--watch-memory-mb <count>', "as the deployment's parameter: 256 (default) or more")
    .option(
      '--off <names>',
      'what the deployment leaves out, separated by commas: crl, repair, connections, endpoints',
    )
    .option(...JSON_OPTION)
    .action((options: CostOptions) =>
      start(async () => (await import('./cost.ts')).cost(options, terminal, clients)),
    );
};
