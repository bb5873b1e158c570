/** One auto scaling group: how it is, and one member set unhealthy. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { TAG } from '../core/tags.ts';
import type { Clock } from '../core/time.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import type { ScalingGroup } from '../repairs/types/scaling.ts';
import { askAutoScaling } from './autoScaling.ts';
import { type CallContext, type CallResult, call, reading, Unreadable } from './call.ts';
import type { CredentialSource } from './signedPost.ts';
import { writeAnswerOf } from './writeAnswer.ts';

export interface ScalingSettings {
  /** Where the instances are. */
  readonly region: string;
  /** Null: that of AWS. */
  readonly autoScalingUrl: string | null;
  readonly clock: Clock;
  readonly credentials?: CredentialSource;
}

export function scalingPort({
  region,
  autoScalingUrl: address,
  clock,
  credentials = fromEnv(),
}: ScalingSettings): Pick<InstanceControlPort, 'scalingGroup' | 'replace'> {
  const context: CallContext = { service: 'autoscaling', clock };
  const ask = (action: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal) =>
    call(context, action, signal, () => {
      const request = { region, address, now: clock.now(), credentials };
      return askAutoScaling(action, parameters, request, signal);
    });
  return {
    scalingGroup: (name, signal) =>
      reading(context, 'DescribeAutoScalingGroups', async (): Promise<CallResult<ScalingGroup>> => {
        const parameters = { 'AutoScalingGroupNames.member.1': name };
        const answer = await ask('DescribeAutoScalingGroups', parameters, signal);
        return answer.ok ? { ok: true, value: groupOf(answer.value, name) } : answer;
      }),
    async replace(instanceId, group, signal) {
      const parameters = {
        InstanceId: instanceId,
        HealthStatus: 'Unhealthy',
        // One that may still be booting is left to its group.
        ShouldRespectGracePeriod: 'true',
      };
      const answer = await ask('SetInstanceHealth', parameters, signal);
      return writeAnswerOf(answer, 'autoscaling:SetInstanceHealth', group, TAG.repair);
    },
  };
}

/** @throws {Unreadable} naming what the answer lacks. Values are escaped in XML: none can pass for an element. */
export function groupOf(answer: string, name: string): ScalingGroup {
  // A warm pool has a size, and instances, of its own.
  const xml = answer.replaceAll(/<WarmPoolConfiguration>[\s\S]*?<\/WarmPoolConfiguration>/g, '');
  if (textOf(xml, 'AutoScalingGroupName') !== escaped(name)) {
    throw new Unreadable('it does not mention the group');
  }
  return {
    name,
    minSize: countOf(xml, 'MinSize'),
    desiredCapacity: countOf(xml, 'DesiredCapacity'),
    suspended: [...xml.matchAll(/<ProcessName>([^<]*)<\/ProcessName>/g)].map(([, one = '']) => one),
    members: [...xml.matchAll(/<InstanceId>([^<]*)<\/InstanceId>/g)].map(([, instanceId = '']) => {
      const member = memberOf(xml, instanceId);
      return {
        instanceId,
        lifecycle: textOf(member, 'LifecycleState'),
        isHealthy: textOf(member, 'HealthStatus') === 'Healthy',
      };
    }),
  };
}

/** Its element, whatever the order of its fields: it holds no list of members. */
function memberOf(xml: string, instanceId: string): string {
  const members = xml.split('<member>').filter((one) => one.includes('<LifecycleState>'));
  return members.find((one) => one.includes(`<InstanceId>${instanceId}</InstanceId>`)) ?? '';
}

function textOf(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (found === undefined) throw new Unreadable(`no ${name}`);
  return found;
}

function countOf(xml: string, name: string): number {
  const text = textOf(xml, name);
  if (!/^\d{1,6}$/.test(text)) throw new Unreadable(`no count in ${name}`);
  return Number(text);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
