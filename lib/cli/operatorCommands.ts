/** The operator commands: what they read in the state table, and what they request there. */
import type { Command } from 'commander';
import type { AdmitOptions } from './admit.ts';
import type { DrainOptions } from './drain.ts';
import type { DrillOptions } from './drill.ts';
import type { ExplainOptions } from './explain.ts';
import type { IncidentsOptions } from './incidents.ts';
import type { StartOptions, StopOptions } from './maintenance.ts';
import type { ChangeOptions, OperatorRequestOptions } from './operatorRequest.ts';
import { type AddCommands, JSON_OPTION, REGION, STAGE, STATE_TABLE } from './options.ts';
import type { PauseOptions } from './pause.ts';
import type { PinOptions } from './pin.ts';
import type { RepairOptions } from './repair.ts';
import type { StateExportOptions } from './state.ts';
import type { UndoOptions } from './undo.ts';
import type { UnpinOptions } from './unpin.ts';

const reading = (command: Command): Command =>
  command
    .option(...REGION)
    .option(...STAGE)
    .option(...STATE_TABLE)
    .option(...JSON_OPTION);

const writing = (command: Command): Command =>
  reading(command).option('--why <text>', 'why, for the record').option('-y, --yes', 'do not ask');

const PINNABLE = "a group's name, or a route: its table and its destination";
const SUBJECT = 'a subject as in notifications, by id or name: i-..., vpn-..., a group, a zone';

/** In the order of the help page. */
export const addOperatorCommands: AddCommands = (program, terminal, start, clients) => {
  addIncidents(program, terminal, start, clients);
  addState(program, terminal, start, clients);
  addAck(program, terminal, start, clients);
  addPins(program, terminal, start, clients);
  addLeaves(program, terminal, start, clients);
  addPermissions(program, terminal, start, clients);
  addRepair(program, terminal, start, clients);
  addUndo(program, terminal, start, clients);
  addPause(program, terminal, start, clients);
  addMaintenance(program, terminal, start, clients);
};

const addIncidents: AddCommands = (program, terminal, start, clients) => {
  reading(program.command('incidents'))
    .description('open incidents, and the last 20 that were resolved')
    .option('--all', 'also incidents suppressed by a root cause')
    .addHelpText(
      'after',
      '\nExit: 2 while a critical incident is open and not acknowledged, 1 while no leader watches.',
    )
    .action((options: IncidentsOptions) =>
      start(async () => (await import('./incidents.ts')).incidents(options, terminal, clients)),
    );

  reading(program.command('explain'))
    .description('the history of one incident: observed, found, decided, done, notified')
    .argument('<id...>', "its id, a unique part of it, or its subject's name")
    .option('--nth <number>', '1: the latest time it happened, 2: the one before, ...', '1')
    .action((id: string[], options: ExplainOptions) =>
      start(async () =>
        (await import('./explain.ts')).explain(id.join(' '), options, terminal, clients),
      ),
    );
};

const addState: AddCommands = (program, terminal, start, clients) => {
  const state = program.command('state').description('the state table as a file');
  reading(state.command('export'))
    .description('write what the leaders remember, without leases, to a file')
    .option('--out <file>', 'a new file that only you may read (default: standard output)')
    .action((options: StateExportOptions) =>
      start(async () => (await import('./state.ts')).stateExport(options, terminal, clients)),
    );
  writing(state.command('import'))
    .description('write a file of state export into the state table')
    .argument('<file>', 'as vpn-medic state export wrote it')
    .addHelpText('after', '\nRefused while a leader lives, unless every write is paused.')
    .action((file: string, options: ChangeOptions) =>
      start(async () => (await import('./state.ts')).stateImport(file, options, terminal, clients)),
    );
};

const addAck: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('ack'))
    .description(
      "acknowledge an incident, or unpin a group's routes that were pinned after flapping",
    )
    .argument(
      '<what...>',
      "an incident (its id, a unique part of it, or its subject's name), or a group's name",
    )
    .action((what: string[], options: ChangeOptions) =>
      start(async () => (await import('./ack.ts')).ack(what.join(' '), options, terminal, clients)),
    );
};

const addPins: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('pin'))
    .description(
      'pin a group, or one route, to one appliance or connection for a limited time; without arguments: list pins',
    )
    .argument('[what...]', PINNABLE)
    .option(
      '--to <instance>',
      'the appliance (its id or its name), or the id of a connection (vpn-…)',
    )
    .option('--for <time>', 'how long, as in 30m, 2h or 1d; at most 7d', '2h')
    .action((what: string[], options: PinOptions) =>
      start(async () => (await import('./pin.ts')).pin(what, options, terminal, clients)),
    );

  writing(program.command('unpin'))
    .description('end a pin early')
    .argument('[what...]', PINNABLE)
    .option('--all', 'every pin of the region')
    .action((what: string[], options: UnpinOptions) =>
      start(async () => (await import('./unpin.ts')).unpin(what, options, terminal, clients)),
    );
};

const addLeaves: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('drain'))
    .description(
      'move the routes off one appliance while it works, and keep them off; without arguments: list what leaves',
    )
    .argument('[instance...]', 'its id or its name')
    .option('--for <time>', 'how long, as in 30m, 2h or 1d; at most 7d', '2h')
    .option('--cancel', 'end it early: its routes fail back by the usual rules')
    .action((instance: string[], options: DrainOptions) =>
      start(async () => (await import('./drain.ts')).drain(instance, options, terminal, clients)),
    );

  writing(program.command('drill'))
    .description(
      'move the routes of one member of a group to its peers for a while, and back, only when all is well; without arguments: list drills',
    )
    .argument('[group...]', "a group's name")
    .option('--for <time>', 'how long, from 1m to 1h', '5m')
    .option('--cancel', 'end it now: its routes go back')
    .action((group: string[], options: DrillOptions) =>
      start(async () => (await import('./drill.ts')).drill(group, options, terminal, clients)),
    );
};

const addPermissions: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('admit'))
    .description('admit an appliance to its group, or keep it out; without arguments, list both')
    .argument('[instance...]', 'its id or its name')
    .option('--revoke', 'keep it out: no route moves to it')
    .action((instance: string[], options: AdmitOptions) =>
      start(async () => (await import('./admit.ts')).admit(instance, options, terminal, clients)),
    );

  writing(program.command('failback'))
    .description(
      'let routes go back to appliances whose tunnel nothing proves; without arguments: list what was allowed',
    )
    .argument('[what...]', "a group's name, or an appliance: its id or its name")
    .action((what: string[], options: ChangeOptions) =>
      start(async () => (await import('./failback.ts')).failback(what, options, terminal, clients)),
    );
};

const addRepair: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('repair'))
    .description(
      'run one repair step on one appliance, by the deployed function and within its limits',
    )
    .argument('<instance>', 'its id or its name')
    .requiredOption(
      '--step <step>',
      'restart-service, reboot, stop-start or replace; its tag must allow it',
    )
    .option(
      '--function <name>',
      "the repair function (default: VPN_MEDIC_REPAIR_FUNCTION, else the stack's)",
    )
    .option('--dry-run', 'print what would be done, or which rule holds it, and do nothing')
    .addHelpText('after', '\nExit: 0 done, 2 held or failed, 1 unknown.')
    .action((instance: string, options: RepairOptions) =>
      start(async () => (await import('./repair.ts')).repair(instance, options, terminal, clients)),
    );
};

const addUndo: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('undo'))
    .description(
      'move the routes that an incident moved back to their former next hop, under the same rules',
    )
    .argument('<incident...>', "its id, a unique part of it, or its subject's name")
    .option('--for <time>', 'how long they are kept there, as in 30m, 2h or 1d; at most 7d', '2h')
    .action((id: string[], options: UndoOptions) =>
      start(async () => (await import('./undo.ts')).undo(id.join(' '), options, terminal, clients)),
    );
};

const addPause: AddCommands = (program, terminal, start, clients) => {
  writing(program.command('pause'))
    .description('stop every write of every function in every region, for a limited time')
    .option('--for <time>', 'how long, as in 30m or 2h; at most 24h', '2h')
    .action((options: PauseOptions) =>
      start(async () => (await import('./pause.ts')).pause(options, terminal, clients)),
    );
  writing(program.command('resume'))
    .description('end a pause early')
    .action((options: ChangeOptions) =>
      start(async () => (await import('./pause.ts')).resume(options, terminal, clients)),
    );
};

const addMaintenance: AddCommands = (program, terminal, start, clients) => {
  const maintenance = program
    .command('maintenance')
    .description('maintenance windows: incidents are recorded and not sent; routes still move');
  writing(maintenance.command('start'))
    .description('record incidents of a subject and its parts without sending them, for a while')
    .argument('[subject...]', SUBJECT)
    .option('--all', 'the whole region')
    .requiredOption('--for <time>', 'how long, as in 30m or 2h; at most 24h')
    .action((subject: string[], options: StartOptions) =>
      start(async () =>
        (await import('./maintenance.ts')).startMaintenance(subject, options, terminal, clients),
      ),
    );
  writing(maintenance.command('stop'))
    .description('end windows early; what is still wrong is sent then')
    .argument('[subject...]', SUBJECT)
    .option('--all', 'the windows over everything')
    .action((subject: string[], options: StopOptions) =>
      start(async () =>
        (await import('./maintenance.ts')).stopMaintenance(subject, options, terminal, clients),
      ),
    );
  reading(maintenance.command('list'))
    .description('windows that last, and who asked for them')
    .action((options: OperatorRequestOptions) =>
      start(async () =>
        (await import('./maintenance.ts')).listMaintenance(options, terminal, clients),
      ),
    );
};
