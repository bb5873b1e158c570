/**
 * Goal: the lab's AWS answers as facts about AWS say, where moto by itself does not.
 * Method: an account built over HTTP and read back over HTTP, with the SDK that the functions use.
 */

import {
  CreateRouteCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeTagsCommand,
  EC2Client,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { clientSettings } from './account/clients.ts';
import { twoAppliances } from './account/options.ts';
import { applianceOf, type Lab, openLab, tableOf } from './lab.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

let lab: Lab;
let ec2: EC2Client;

beforeAll(async () => {
  lab = await openLab(twoAppliances({ probeA: 'tcp:127.0.0.1:1', probeB: 'tcp:127.0.0.1:2' }));
  ec2 = new EC2Client(clientSettings(lab.gateway.url));
});

afterAll(() => lab.close());

describe('routes', () => {
  test('six routes of every kind of destination point at the interface of vpn-a', async () => {
    const seen = await lab.ec2().routes();
    const ofA = seen.filter((route) => route.tableId === tableOf(lab, 'a').tableId);
    expect(ofA.map((route) => route.destination).toSorted()).toEqual(
      [...tableOf(lab, 'a').destinations].toSorted(),
    );
    expect(ofA).toHaveLength(6);
    for (const route of ofA) {
      expect(route).toMatchObject({
        interfaceId: applianceOf(lab, 'vpn-a').interfaceId,
        state: 'active',
      });
    }
  });

  test('a route is a blackhole once its instance is stopped, and active again once it runs', async () => {
    const { instanceId } = applianceOf(lab, 'vpn-b');
    const stateOfB = async () => {
      const seen = await lab.ec2().routes();
      return seen.find((route) => route.tableId === tableOf(lab, 'b').tableId)?.state;
    };
    await lab.ec2().stopInstance(instanceId);
    expect(await stateOfB()).toBe('blackhole');
    await lab.ec2().startInstance(instanceId);
    expect(await stateOfB()).toBe('active');
  });

  test('ReplaceRoute moves a prefix list as it moves a CIDR', async () => {
    const { tableId, destinations } = tableOf(lab, 'a');
    const prefixList = destinations.find((one) => one.startsWith('pl-')) ?? '';
    const point = async (name: string) => {
      await ec2.send(
        new ReplaceRouteCommand({
          RouteTableId: tableId,
          DestinationPrefixListId: prefixList,
          NetworkInterfaceId: applianceOf(lab, name).interfaceId,
        }),
      );
    };
    await point('vpn-b');
    const seen = await lab.ec2().routes();
    const moved = seen.filter((route) => route.destination === prefixList);
    expect(moved).toHaveLength(1);
    expect(moved[0]?.interfaceId).toBe(applianceOf(lab, 'vpn-b').interfaceId);
    await point('vpn-a');
  });

  test('a second CreateRoute of one destination is refused', async () => {
    await expect(
      ec2.send(
        new CreateRouteCommand({
          RouteTableId: tableOf(lab, 'a').tableId,
          DestinationCidrBlock: '10.20.0.0/16',
          NetworkInterfaceId: applianceOf(lab, 'vpn-b').interfaceId,
        }),
      ),
    ).rejects.toMatchObject({ name: 'RouteAlreadyExists' });
  });

  test('DescribeRouteTables refuses pages of 4 and of 101, and takes 5', async () => {
    for (const MaxResults of [4, 101]) {
      await expect(ec2.send(new DescribeRouteTablesCommand({ MaxResults }))).rejects.toMatchObject({
        name: 'InvalidParameterValue',
      });
    }
    const page = await ec2.send(new DescribeRouteTablesCommand({ MaxResults: 5 }));
    expect(page.RouteTables?.length).toBe(4);
  });
});

describe('status checks', () => {
  test('an impaired check shows until it is healed, and only on its own instance', async () => {
    const a = applianceOf(lab, 'vpn-a').instanceId;
    await lab.emulator().setStatus(a, { system: 'impaired' });
    expect((await words()).get(a)).toEqual(['impaired', 'ok', 'ok']);
    expect((await words()).get(applianceOf(lab, 'vpn-b').instanceId)).toEqual(['ok', 'ok', 'ok']);
    await lab.emulator().setStatus(a, { system: 'ok' });
    expect((await words()).get(a)).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('a disrupted zone', () => {
  test('fails every call that names its instances or none, and no other', async () => {
    const a = applianceOf(lab, 'vpn-a').instanceId;
    const b = applianceOf(lab, 'vpn-b').instanceId;
    await lab.emulator().setZoneDisrupted('eu-west-1a', true);
    await expect(askInstances([a])).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(askInstances([a, b])).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(askInstances()).rejects.toMatchObject({ name: 'Unavailable' });
    expect((await askInstances([b])).Reservations).toHaveLength(1);
    await lab.emulator().setZoneDisrupted('eu-west-1a', false);
    expect((await askInstances()).Reservations).toHaveLength(2);
  });
});

describe('tags', () => {
  test('DescribeTags by key finds exactly that key', async () => {
    const found = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['vpn-medic:group'] }] }),
    );
    expect(found.Tags?.map((tag) => tag.Value)).toEqual(['hub', 'hub', 'hub', 'hub']);
    const none = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['vpn-medic:gro'] }] }),
    );
    expect(none.Tags).toEqual([]);
  });
});

describe('the gateway', () => {
  test('throttles past the burst, counts what was refused, and lets the next one through after a refill', async () => {
    lab.gateway.faults.throttle('DescribeTags', 2, 1);
    const before = lab.gateway.callsOf('DescribeTags', 'all').length;
    await askTags();
    await askTags();
    await expect(askTags()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    lab.gateway.faults.clear();
    await askTags();
    const all = lab.gateway.callsOf('DescribeTags', 'all').slice(before);
    expect(all.map((call) => call.status)).toEqual([200, 200, 503, 200]);
    expect(all.map((call) => call.by)).toEqual(['lab', 'lab', 'lab', 'lab']);
  });

  test('loses an answer after the effect', async () => {
    const route = {
      RouteTableId: tableOf(lab, 'b').tableId,
      DestinationCidrBlock: '10.30.0.0/16',
    };
    lab.gateway.faults.failNext('ReplaceRoute', 1, 'lost');
    const there = applianceOf(lab, 'vpn-a').interfaceId;
    await expect(
      ec2.send(new ReplaceRouteCommand({ ...route, NetworkInterfaceId: there })),
    ).rejects.toThrow(/socket|ECONNRESET/);
    expect(await lab.ec2().targetsOf(route.RouteTableId)).toEqual([there]);
    const back = applianceOf(lab, 'vpn-b').interfaceId;
    await ec2.send(new ReplaceRouteCommand({ ...route, NetworkInterfaceId: back }));
  });

  test('is refused while shut and answers again when open', async () => {
    await lab.gateway.shut();
    await expect(askTags()).rejects.toThrow(/ECONNREFUSED|socket hang up/);
    await lab.gateway.open();
    expect((await askTags()).Tags).not.toHaveLength(0);
  });

  test('brings back the same account after the emulator was restarted', async () => {
    const before = await lab.ec2().routes();
    await lab.restartEmulator(async () => {
      await expect(askTags()).rejects.toThrow(/ECONNREFUSED|socket hang up/);
    });
    expect(await lab.ec2().routes()).toEqual(before);
  });
});

test('what is published reaches the subscriber', async () => {
  await new SNSClient(clientSettings(lab.gateway.url)).send(
    new PublishCommand({
      TopicArn: lab.account.alertsTopicArn,
      Subject: 'a subject',
      Message: '{"a":1}',
    }),
  );
  expect(lab.listener.received.at(-1)).toEqual({
    subject: 'a subject',
    text: '{"a":1}',
    message: { a: 1 },
  });
});

const askTags = () => ec2.send(new DescribeTagsCommand({}));
const askInstances = (InstanceIds?: string[]) =>
  ec2.send(new DescribeInstancesCommand({ InstanceIds }));

/** By instance: the words of the system's, the instance's and the attached volumes' check. */
async function words(): Promise<ReadonlyMap<string | undefined, readonly unknown[]>> {
  const answer = await ec2.send(new DescribeInstanceStatusCommand({ IncludeAllInstances: true }));
  return new Map(
    (answer.InstanceStatuses ?? []).map((one) => [
      one.InstanceId,
      [one.SystemStatus, one.InstanceStatus, one.AttachedEbsStatus].map((s) => s?.Status),
    ]),
  );
}
