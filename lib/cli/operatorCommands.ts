/** The commands of people on call: what they may read in the state table, and write there. */
import type { Command } from 'commander';
import type { AwsClients } from './awsClients.ts';
import type { ExplainOptions } from './explain.ts';
import type { IncidentsOptions } from './incidents.ts';
import type { StartOptions, StopOptions } from './maintenance.ts';
import type { ChangeOptions, OperatorRequestOptions } from './operatorRequest.ts';
import { JSON_OPTION, REGION, STATE_TABLE, type Start } from './options.ts';
import type { PinOptions } from './pin.ts';
import type { RepairOptions } from './repair.ts';
import type { Terminal } from './terminal.ts';
import type { UndoOptions } from './undo.ts';
import type { UnpinOptions } from './unpin.ts';

const reading = (command: Command): Command =>
  command
    .option(...REGION)
    .option(...STATE_TABLE)
    .option(...JSON_OPTION);

const writing = (command: Command): Command =>
  reading(command).option('--why <text>', 'why, for the record').option('-y, --yes', 'do not ask');

const PINNABLE = "a group's name, or a route: its table and its destination";
const SUBJECT = 'a subject as notices name it: i-..., vpn-..., a group, a zone';

export function addOperatorCommands(
  program: Command,
  terminal: Terminal,
  start: Start,
  clients: AwsClients,
): void {
  reading(program.command('incidents'))
    .description('what is open, and the last 20 that are over')
    .option('--all', 'those too that a greater one explains')
    .addHelpText(
      'after',
      '\nExit: 2 while something critical is open that nobody has acknowledged.',
    )
    .action((options: IncidentsOptions) =>
      start(async () => (await import('./incidents.ts')).incidents(options, terminal, clients)),
    );

  reading(program.command('explain'))
    .description('one incident from its beginning: seen, found, decided, done, told')
    .argument('<id...>', 'its id, or a part of it that only one has')
    .option('--nth <number>', '1: the latest time it happened, 2: the one before, ...', '1')
    .action((id: string[], options: ExplainOptions) =>
      start(async () =>
        (await import('./explain.ts')).explain(id.join(' '), options, terminal, clients),
      ),
    );

  writing(program.command('ack'))
    .description("take an incident in hand, or let go of a group's routes that flapping pinned")
    .argument('<what...>', "an incident's id (or a part of it with a slash), or a group's name")
    .action((what: string[], options: ChangeOptions) =>
      start(async () => (await import('./ack.ts')).ack(what.join(' '), options, terminal, clients)),
    );

  writing(program.command('pin'))
    .description('keep a group, or one route, with one appliance for a while; alone: list pins')
    .argument('[what...]', PINNABLE)
    .option('--to <instance>', 'the appliance: its id or its name')
    .option('--for <time>', 'how long, as in 30m, 2h or 1d; at most 7d', '2h')
    .action((what: string[], options: PinOptions) =>
      start(async () => (await import('./pin.ts')).pin(what, options, terminal, clients)),
    );

  writing(program.command('unpin'))
    .description('end a pin before its time')
    .argument('[what...]', PINNABLE)
    .option('--all', 'every pin of the region')
    .action((what: string[], options: UnpinOptions) =>
      start(async () => (await import('./unpin.ts')).unpin(what, options, terminal, clients)),
    );

  writing(program.command('repair'))
    .description('one repair step of one appliance, by the deployed function and under its brakes')
    .argument('<instance>', 'its id or its name')
    .requiredOption('--step <step>', 'restart-service, reboot or stop-start; its tag must allow it')
    .option('--function <name>', 'the repair function (default: VPN_MEDIC_REPAIR_FUNCTION)')
    .option('--dry-run', 'say what would be done, or which brake holds it, and do nothing')
    .addHelpText('after', '\nExit: 0 done, 2 held or failed, 1 could not tell.')
    .action((instance: string, options: RepairOptions) =>
      start(async () => (await import('./repair.ts')).repair(instance, options, terminal, clients)),
    );

  writing(program.command('undo'))
    .description(
      'send the routes that an incident moved back to where they were, under the same rules',
    )
    .argument('<incident...>', 'its id, or a part of it that only one has')
    .option('--for <time>', 'how long they are kept there, as in 30m, 2h or 1d; at most 7d', '2h')
    .action((id: string[], options: UndoOptions) =>
      start(async () => (await import('./undo.ts')).undo(id.join(' '), options, terminal, clients)),
    );

  const maintenance = program
    .command('maintenance')
    .description(
      'windows in which what happens is recorded and not sent; routes heal all the same',
    );
  writing(maintenance.command('start'))
    .argument('[subject...]', SUBJECT)
    .option('--all', 'everything of the region')
    .requiredOption('--for <time>', 'how long, as in 30m or 2h; at most 24h')
    .action((subject: string[], options: StartOptions) =>
      start(async () =>
        (await import('./maintenance.ts')).startMaintenance(subject, options, terminal, clients),
      ),
    );
  writing(maintenance.command('stop'))
    .argument('[subject...]', SUBJECT)
    .option('--all', 'the windows over everything')
    .action((subject: string[], options: StopOptions) =>
      start(async () =>
        (await import('./maintenance.ts')).stopMaintenance(subject, options, terminal, clients),
      ),
    );
  reading(maintenance.command('list')).action((options: OperatorRequestOptions) =>
    start(async () =>
      (await import('./maintenance.ts')).listMaintenance(options, terminal, clients),
    ),
  );
}
