/** Goal: the agent is handed our two scripts and nothing else: no value gets out of its place. Method: the documents as deployed, and texts of attackers. */
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { parseUnit } from '../../lib/core/repairTags.ts';
import { peerOf, serviceOf } from '../../lib/repairs/agent/output.ts';

const Parameter = v.object({ type: v.string(), allowedPattern: v.string() });
const Content = v.object({
  schemaVersion: v.literal('2.2'),
  parameters: v.strictObject({ service: Parameter, peer: Parameter, work: Parameter }),
  mainSteps: v.strictTuple([
    v.object({
      action: v.string(),
      precondition: v.object({ StringEquals: v.array(v.string()) }),
      inputs: v.strictObject({ timeoutSeconds: v.string(), runCommand: v.array(v.string()) }),
    }),
  ]),
});
const Module = v.object({ CONTENTS: v.object({ linux: Content, windows: Content }) });
const required: unknown = createRequire(import.meta.url)('../../deploy/repairDocuments.cjs');
const { CONTENTS } = v.parse(Module, Object.assign({}, required));
const { linux, windows } = CONTENTS;

const ATTACKS = [
  '',
  "a'b",
  'a"b',
  'a b',
  'a;id',
  'a|id',
  'a&id',
  '$(id)',
  '`id`',
  'a\nid',
  'a\\b',
  'a/b',
  '-a',
  'a$b',
  'a{{ b }}',
  'a%b',
  'x'.repeat(102),
];

describe.each([
  ['Linux', linux, 'aws:runShellScript'],
  ['Windows', windows, 'aws:runPowerShellScript'],
] as const)('the document for %s', (platform, content, action) => {
  const [step] = content.mainSteps;
  const lines = step.inputs.runCommand;

  test('has one step, for that platform alone, with a limit', () => {
    expect(step).toMatchObject({
      action,
      precondition: { StringEquals: ['platformType', platform] },
      inputs: { timeoutSeconds: '45' },
    });
  });

  test('puts each value once, alone and in quotes, into a variable', () => {
    expect(lines.filter((line) => line.includes('{{')).map((line) => line.trim())).toEqual(
      platform === 'Linux'
        ? ["service='{{ service }}'", "peer='{{ peer }}'", "work='{{ work }}'"]
        : ["$service = '{{ service }}'", "$peer = '{{ peer }}'", "$work = '{{ work }}'"],
    );
  });

  test('holds nothing that Serverless would take for a variable of its own', () => {
    expect(lines.join('\n')).not.toContain('${');
  });

  const allows = (name: 'service' | 'peer' | 'work', value: string) =>
    new RegExp(content.parameters[name].allowedPattern).test(value);

  test.each(['strongswan', 'openvpn-server@hq', 'wg-quick@wg0', 'RemoteAccess', 'IAS', 'a'])(
    'takes the service %s, as the tag is read',
    (name) => {
      const unit = parseUnit(name);
      expect(unit.ok && allows('service', serviceOf({ unit: unit.value }))).toBe(true);
    },
  );

  test.each(['10.8.0.9', 'fd00::1', '::1', '255.255.255.255', null])(
    'takes the far side %s, as it is handed over',
    (address) => {
      expect(allows('peer', peerOf(address) ?? 'none')).toBe(true);
    },
  );

  test.each(ATTACKS)('does not take %j as any', (text) => {
    const taken = (['service', 'peer', 'work'] as const).filter((name) => allows(name, text));
    expect(taken).toEqual([]);
  });

  test('takes two kinds of work, and goes on to the restart only for one', () => {
    expect(
      ['restart', 'look', 'restart look', 'reboot'].filter((one) => allows('work', one)),
    ).toEqual(['restart', 'look']);
    const gate = lines.findIndex((line) => /work\b.*exit 0/.test(line));
    const restart = lines.findIndex((line) => /^report 'the restart'/i.test(line));
    expect(gate).toBe(restart - 1);
  });
});

test('on Windows the services restarted are restarted by name, with what depends on them', () => {
  const script = windows.mainSteps[0].inputs.runCommand.join('\n');
  expect(script.match(/\b(?:Restart|Stop|Start|Remove|Set|Invoke)-\w+.*/g)).toEqual([
    'Restart-Service -Name $service -Force }',
  ]);
  expect(script).toContain("if ($service -eq 'RemoteAccess')");
});
