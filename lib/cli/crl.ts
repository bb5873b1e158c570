/** The commands about certificate revocation lists. */
import type { Command } from 'commander';
import type { CrlAllowOptions } from './crl/allow.ts';
import type { CrlCheckOptions } from './crl/check.ts';
import type { CrlImportOptions } from './crl/import.ts';
import type { ChangeOptions } from './operatorRequest.ts';
import { type AddCommands, JSON_OPTION, REGION, STAGE, STATE_TABLE } from './options.ts';

const writing = (command: Command): Command =>
  command
    .option(...REGION)
    .option(...STAGE)
    .option(...STATE_TABLE)
    .option('--why <text>', 'why, for the record')
    .option('-y, --yes', 'do not ask')
    .option(...JSON_OPTION);

export const addCrlCommands: AddCommands = (program, terminal, start, clients) => {
  const crl = program.command('crl').description('certificate revocation lists');
  crl
    .command('check')
    .description('whether a list would be published, and why')
    .argument(
      '<where>',
      'a file, an http(s) address, or a certificate: then the list at the address that it names',
    )
    .option('--issuer <file...>', 'pinned issuer certificates, PEM or DER')
    .option('--published <file>', 'the list that is published under its name now')
    .option('--base <file>', 'for a delta: the complete list as published')
    .option('--as <name>', 'the name it would be uploaded by (default: its own)')
    .option('--address <url>', 'where clients will fetch it: http://HOST/NAME')
    .option('--allow-weak', 'as if the issuers were pinned under issuers/weak/')
    .option('--max-mib <number>', "the deployment's crlMibMax", '10')
    .option(...JSON_OPTION)
    .addHelpText('after', '\nExit: 0 accepted, 2 refused, 1 unknown.')
    .action((where: string, options: CrlCheckOptions) =>
      start(async () => (await import('./crl/check.ts')).crlCheck(where, options, terminal)),
    );
  writing(
    crl
      .command('allow')
      .description(
        'let one list lose more of its entries, or change its distribution point, for a limited time',
      )
      .argument('<name>', 'the file: CA.crl')
      .option('--for <time>', 'how long, as in 30m, 2h or 1d; at most 1d', '1h'),
  ).action((name: string, options: CrlAllowOptions) =>
    start(async () => (await import('./crl/allow.ts')).crlAllow(name, options, terminal, clients)),
  );
  writing(
    crl
      .command('forget')
      .description('free a file name that a list took by mistake')
      .argument('<name>', 'the file: CA.crl'),
  ).action((name: string, options: ChangeOptions) =>
    start(async () =>
      (await import('./crl/forget.ts')).crlForget(name, options, terminal, clients),
    ),
  );
  crl
    .command('import')
    .description('import a list into one Client VPN endpoint; it can never be removed')
    .argument('<where>', 'a file, or the http(s) address where it is published')
    .argument('<endpoint>', 'id or name of the Client VPN endpoint')
    .requiredOption('--issuer <file...>', 'pinned issuer certificates, PEM or DER')
    .option('--first', 'the endpoint never had a list')
    .option('--address <url>', 'where clients fetch it: http://HOST/NAME')
    .option(...REGION)
    .option(...STAGE)
    .option(...STATE_TABLE)
    .option('-y, --yes', 'do not ask')
    .option(...JSON_OPTION)
    .action((where: string, endpoint: string, options: CrlImportOptions) =>
      start(async () =>
        (await import('./crl/import.ts')).crlImport(where, endpoint, options, terminal, clients),
      ),
    );
};
