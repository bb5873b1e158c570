/** ARNs without names: kinds of resources and ids of AWS stay, each other part becomes a word. Pure. */
import { isAwsId, type Words } from './words.ts';

/** The text with every ARN in it replaced; one that is the whole text may hold spaces, as those of alarms do. */
export function anonymousArns(value: string, words: Words): string {
  const shown = (_all: string, start: string, resource: string) =>
    start +
    resource.replaceAll(/[^:/]+/g, (part) => (isAwsWord(part) ? part : words.of('name', part)));
  return WHOLE.test(value) ? value.replace(WHOLE, shown) : value.replaceAll(INSIDE, shown);
}

const WHOLE = /^(arn:[\w-]+:[\w-]*:[\w-]*:\d*:)(.+)$/s;
const INSIDE = /(arn:[\w-]+:[\w-]*:[\w-]*:\d*:)([^\s"',]+)/g;

const isAwsWord = (part: string): boolean => KINDS.has(part) || part === '*' || isAwsId(part);

/** Kinds of resources as ARNs write them; what is not named here is taken for a name. */
const KINDS: ReadonlySet<string> = new Set(
  [
    'alarm autoScalingGroup autoScalingGroupName loadbalancer net app gwy targetgroup',
    'instance-profile role user saml-provider assumed-role server-certificate root',
    'function log-group log-stream certificate certificate-authority directory',
    'healthcheck hostedzone dxcon dxvif dxlag dx-gateway',
    'instance network-interface vpc subnet route-table security-group elastic-ip prefix-list',
    'vpn-connection vpn-gateway customer-gateway client-vpn-endpoint',
    'transit-gateway transit-gateway-attachment transit-gateway-route-table',
  ].flatMap((line) => line.split(' ')),
);
