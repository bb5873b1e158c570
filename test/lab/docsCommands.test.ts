/**
 * Goal: every command of the AWS CLI that a page or the runbook shows is one that the CLI has, with those options. Method:
 * the models that the CLI is made of; nothing is called.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { codeOf, PAGES } from '../docs/pages.ts';
import { emulatorPython } from './emulator/install.ts';

// A hang guard: the first installation of the emulator's tools.
jest.setTimeout(600_000);

const CHECK = fileURLToPath(new URL('linters/awsCommands.py', import.meta.url));

const awsIn = (text: string): readonly string[] =>
  codeOf(text).filter((line) => /^aws [a-z0-9-]+ [a-z0-9-]+/.test(line));

test('there is no other command of aws on a page', async () => {
  const commands = Object.values(PAGES).flatMap(awsIn);
  expect(commands.length).toBeGreaterThan(60);
  expect(await objections(commands)).toEqual([]);
});

test('a service, a command and an option that are not there are found', async () => {
  const wrong = [
    'aws vpn list',
    'aws ec2 move-routes',
    'aws ec2 stop-instances --instances i-1',
    'aws ec2 stop-instances --instance-ids i-1 --region eu-west-1',
  ];
  expect(await objections(wrong)).toEqual([
    'aws vpn list: there is no service vpn',
    'aws ec2 move-routes: ec2 has no move-routes',
    'aws ec2 stop-instances --instances i-1: stop-instances has no --instances',
  ]);
});

async function objections(commands: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, status } = spawnSync(await emulatorPython(), [CHECK], {
    input: commands.join('\n'),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}
