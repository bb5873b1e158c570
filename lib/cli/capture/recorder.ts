/** Notes what AWS and the probes answer in one pass, as lines of a capture: whole, without secrets, each operation and input once. */
import type { CallHook } from '../../aws/client.ts';
import type { EndpointProbePort } from '../../clientVpn/ports.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { ProbePort } from '../../probe/ports.ts';
import type { ProbeResult } from '../../probe/types.ts';
import { MISSING } from '../../replay/fields.ts';
import { keptOf, withoutSecrets } from './secrets.ts';

export interface Recorder {
  readonly onCall: CallHook;
  probes(port: ProbePort): ProbePort;
  endpointProbes(port: EndpointProbePort): EndpointProbePort;
  object(bucket: string, key: string, bytes: Uint8Array): void;
  /** In the order of their first answers. */
  lines(): readonly CaptureLine[];
  /** The distinct texts that answers hold under this name, as `VpcId`. */
  valuesOf(field: string): readonly string[];
  readonly counts: Counts;
}

export interface Counts {
  readonly answers: number;
  readonly refusals: number;
}

export interface CaptureLine {
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

interface Noted {
  readonly line: CaptureLine;
  /** Whether a further page is still to come. */
  readonly isOpen: boolean;
}

/** All lines carry the instant `at`: one pass is one look. */
export function openRecorder(at: Instant): Recorder {
  const noted = new Map<string, Noted>();
  const note = (
    service: string,
    operation: string,
    input: object,
    result: Pick<CaptureLine, 'output' | 'error'>,
  ) => {
    const { token, rest: asked } = paged(input);
    const key = JSON.stringify([service, operation, asked]);
    const line = { at: toIso(at), service, operation, input: withoutSecrets(asked) };
    if (result.error !== undefined) {
      // Asked for once more, in vain: what was answered before is as true as it was.
      const known = noted.get(key);
      if (known?.line.output !== undefined && !known.isOpen && token === undefined) return;
      noted.set(key, { line: { ...line, error: result.error }, isOpen: false });
      return;
    }
    const { token: more, rest: page } = paged(Object(result.output));
    const before = token === undefined ? undefined : noted.get(key)?.line.output;
    const output = before === undefined ? page : joined(before, page);
    noted.set(key, { line: { ...line, output }, isOpen: Boolean(more) });
  };
  const noteProbe: NoteProbe = (operation, input, { kind, ...rest }) => {
    const output = 'why' in rest ? { kind, why: rest.why } : { kind, tookMs: rest.tookMs };
    note('probe', operation, input, { output });
  };
  return {
    async onCall({ service, operation, input }, send) {
      try {
        const output = await send();
        const kept = keptOf(service, operation, output);
        note(service, operation, input, kept === undefined ? LEFT_OUT : { output: kept });
        return output;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal !== null) note(service, operation, input, { error: refusal });
        throw error;
      }
    },
    probes: (port) => notingProbes(port, noteProbe),
    endpointProbes: (port) => notingEndpointProbes(port, noteProbe),
    object(Bucket, Key, bytes) {
      const BodyBase64 = Buffer.from(bytes).toString('base64');
      note('s3', 'GetObject', { Bucket, Key }, { output: { BodyBase64 } });
    },
    lines: () => [...noted.values()].map(wholeLine),
    valuesOf: (field) => [
      ...new Set([...noted.values()].flatMap(({ line }) => textsAt(line.output, field))),
    ],
    get counts() {
      const refusals = [...noted.values()].filter(({ line }) => line.error !== undefined).length;
      return { answers: noted.size - refusals, refusals };
    },
  };
}

type NoteProbe = (kind: string, input: object, result: ProbeResult) => void;

const notingProbes = ({ vantages, send }: ProbePort, note: NoteProbe): ProbePort => ({
  vantages,
  send: (round, onAnswer, signal) =>
    send(
      round,
      (answer) => {
        const target = round.targets.find(({ key }) => key === answer.key);
        if (target !== undefined) {
          const { kind, address, port } = target;
          note(kind, { address, port, vantage: round.vantageId }, answer.result);
        }
        onAnswer(answer);
      },
      signal,
    ),
});

const notingEndpointProbes = ({ send }: EndpointProbePort, note: NoteProbe): EndpointProbePort => ({
  async send(reachability, timeoutMs, signal) {
    const result = await send(reachability, timeoutMs, signal);
    const { dnsName, port, transport } = reachability;
    const address = dnsName.replace(/^\*\./, '');
    const kind = transport === 'udp' ? 'openvpn' : 'openvpn-tcp';
    note(kind, { address, port, vantage: 'here' }, result);
    return result;
  },
});

const LEFT_OUT = {
  error: { name: MISSING, message: 'left out: which of its fields are no secret is not known' },
};

/** A page without the token of the next one; services differ in how they write it. */
function paged(of: object): { readonly token: unknown; readonly rest: object } {
  const { NextToken, nextToken, PaginationToken, ...rest }: Readonly<Record<string, unknown>> = {
    ...of,
  };
  return { token: NextToken ?? nextToken ?? (PaginationToken || undefined), rest };
}

/** A list without its last pages would show less than there is. */
function wholeLine({ line, isOpen }: Noted): CaptureLine {
  if (!isOpen) return line;
  const { output: _part, ...asked } = line;
  return { ...asked, error: { name: 'TimeoutError', message: 'its last pages were not read' } };
}

/** As the AWS CLI joins pages: the lists one after the other. */
function joined(before: unknown, page: object): object {
  const lists = Object.entries(Object(before)).map(([name, value]: [string, unknown]) => {
    const more: unknown = Reflect.get(page, name);
    return [name, Array.isArray(value) && Array.isArray(more) ? [...value, ...more] : value];
  });
  return { ...page, ...Object.fromEntries(lists) };
}

function textsAt(value: unknown, field: string): readonly string[] {
  if (typeof value !== 'object' || value === null || 'getTime' in value) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    if (typeof one === 'string') return name === field ? [one] : [];
    const isList = name === field && Array.isArray(one);
    return isList ? one.filter((each) => typeof each === 'string') : textsAt(one, field);
  });
}

/** What AWS or the network said; null for a bug of ours. Only AWS's own message is kept: another may quote a reply. */
function refusalOf(error: unknown): { readonly name: string; readonly message: string } | null {
  if (!(error instanceof Error)) return null;
  const code: unknown = Reflect.get(error, 'code');
  const isWorldly = '$fault' in error || '$metadata' in error || typeof code === 'string';
  if (!isWorldly) return null;
  const isAnswer = '$fault' in error;
  const name = isAnswer || typeof code !== 'string' ? error.name : code;
  // A denial's message holds an encoded policy trace.
  const isQuoted = isAnswer && !/Unauthorized|AccessDenied/.test(name);
  return { name, message: isQuoted ? error.message.slice(0, MESSAGE_MAX) : '' };
}

const MESSAGE_MAX = 200;
