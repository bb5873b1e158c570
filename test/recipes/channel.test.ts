/** Goal: a new channel is its file, one line of the list, and its topic. Method: an example channel, and every real one. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CHANNELS, type Channel, topicVariableOf } from '../../lib/incidents/channels.ts';
import { readSettings } from '../../lib/settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const ENV = {
  AWS_REGION: 'eu-west-1',
  VPN_MEDIC_STATE_TABLE: 'vpn-medic-prod',
  VPN_MEDIC_ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alerts',
};

test('an example compiles with its three parts, and its topic has the name of a variable', () => {
  const pigeon: Channel = {
    name: 'pigeon',
    render: ({ sms }) => ({ subject: null, body: sms.slice(0, 20) }),
    send: (severity) => severity === 'critical',
  };
  expect(topicVariableOf(pigeon)).toBe('VPN_MEDIC_PIGEON_TOPIC_ARN');
});

test.each(CHANNELS.slice(1))(
  'the topic of $name is read, checked, and may be missing',
  (channel) => {
    const variable = topicVariableOf(channel);
    const arn = `arn:aws:sns:eu-west-1:111122223333:${channel.name}`;
    expect(readSettings(ENV).topicArns[channel.name]).toBeNull();
    expect(readSettings({ ...ENV, [variable]: arn }).topicArns[channel.name]).toBe(arn);
    expect(() => readSettings({ ...ENV, [variable]: '!' })).toThrow(variable);
  },
);

test('without the topic of the first nothing starts', () => {
  expect(() => readSettings({ ...ENV, VPN_MEDIC_ALERTS_TOPIC_ARN: '' })).toThrow(
    'VPN_MEDIC_ALERTS_TOPIC_ARN',
  );
});

test('a channel is named in two files of lib beside the settings of its parameters', async () => {
  const files = await readdir(join(ROOT, 'lib'), { recursive: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith('.ts'))
      .map(async (file) => ({ file, text: await readFile(join(ROOT, 'lib', file), 'utf8') })),
  );
  const naming = texts.filter(({ text }) => /chatOf|CHAT_TOPIC|chatTopic|'chat'/.test(text));
  expect(naming.map(({ file }) => file).toSorted()).toEqual([
    'incidents/channels.ts',
    'incidents/channels/chat.ts',
  ]);
});

test.each(CHANNELS)('the deployment wires the topic of $name', async (channel) => {
  const text = await readFile(join(ROOT, 'deploy/environment.yml'), 'utf8');
  expect(text).toContain(`${topicVariableOf(channel)}: !Ref `);
});
