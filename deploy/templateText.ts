/** Texts of a packaged template: what was a token becomes a reference to a parameter. */
import { isObject, type Json, type JsonObject } from './template.ts';
import { PROBE_SUBNETS, REGION_TOKEN, STAGE_TOKEN } from './templateTokens.ts';

/** Lists in the template that one parameter gives, its parts separated by commas. */
const LISTS: ReadonlySet<string> = new Set([
  'probeSecurityGroups',
  'repairSubnets',
  'repairSecurityGroups',
]);

/** Every text in `value`, also inside Fn::Sub. Names of stacks differ in a stack set: everything is named after the stage. */
export function openText(value: Json): Json {
  if (typeof value === 'string') return openPlain(value);
  if (Array.isArray(value)) return openList(value);
  if (!isObject(value)) return value;
  const text = value['Fn::Sub'];
  if (text !== undefined) return openSub(text);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, openText(one)]));
}

/** One place of a list that has places enough; empty where nothing was given for it. */
export const partOf = (parameter: string, index: number): JsonObject => ({
  'Fn::Select': [
    index,
    {
      'Fn::Split': [',', { 'Fn::Sub': `\${${parameter}}${','.repeat(PROBE_SUBNETS.length)}` }],
    },
  ],
});

const TOKEN = /token-(\w+)-token/g;

function openPlain(text: string): Json {
  if (text === REGION_TOKEN) return { Ref: 'AWS::Region' };
  const whole = /^token-(\w+)-token$/.exec(text)?.[1];
  if (whole !== undefined) return valueOf(whole);
  if (text.replaceAll(TOKEN, '').replaceAll(REGION_TOKEN, '') === text) return text;
  const parts = text.split(',');
  // Probe functions are named in a list as long as the list of subnets is.
  if (
    parts.length === PROBE_SUBNETS.length &&
    PROBE_SUBNETS.every((name, at) => parts[at]?.includes(name))
  )
    return { 'Fn::Join': ['', parts.map(openPart)] };
  return openSub(text.replaceAll('${', '${!'));
}

function openPart(text: string, index: number): Json {
  const named = openSub(index === 0 ? text : `,${text}`);
  return { 'Fn::If': [`HasProbe${index + 1}`, named, ''] };
}

function openList(list: readonly Json[]): Json {
  const [only] = list;
  const isOne = list.length === 1 && typeof only === 'string';
  const name = isOne ? /^token-(\w+)-token$/.exec(only)?.[1] : undefined;
  if (name !== undefined && LISTS.has(name)) return { 'Fn::Split': [',', { Ref: name }] };
  return list.map(openText);
}

function openSub(sub: Json): Json {
  const [text, given] = Array.isArray(sub) ? sub : [sub, {}];
  const values: Record<string, Json> = {};
  const opened = String(text)
    .replaceAll('${AWS::StackName}', `vpn-medic-${STAGE_TOKEN}`)
    .replaceAll(REGION_TOKEN, '${AWS::Region}')
    .replaceAll(TOKEN, (_, name: string) => {
      if (PROBE_SUBNETS.includes(name)) values[name] = valueOf(name);
      return `\${${name}}`;
    });
  const all = { ...Object(openText(given ?? {})), ...values };
  return { 'Fn::Sub': Object.keys(all).length === 0 ? opened : [opened, all] };
}

function valueOf(name: string): JsonObject {
  const index = PROBE_SUBNETS.indexOf(name);
  return index < 0 ? { Ref: name } : partOf('probeSubnets', index);
}
