/** Notes what AWS and the probes answer, as lines of a capture: without secrets, and each operation and input once. */
import type { CallHook } from '../../aws/client.ts';
import type { EndpointProbePort } from '../../clientVpn/ports.ts';
import { toIso } from '../../core/time.ts';
import type { ProbePort } from '../../probe/ports.ts';
import type { ProbeResult } from '../../probe/types.ts';
import { withoutSecrets } from './secrets.ts';

export interface Recorder {
  readonly onCall: CallHook;
  probes(port: ProbePort): ProbePort;
  endpointProbes(port: EndpointProbePort): EndpointProbePort;
  /** JSON, one answer a line, in the order of their first answers. */
  lines(): readonly string[];
  readonly counts: { readonly answers: number; readonly refusals: number };
}

interface Noted {
  readonly text: string;
  readonly isRefused: boolean;
}

/** All lines carry the instant `at`: one pass is one look. */
export function openRecorder(at: number): Recorder {
  const noted = new Map<string, Noted>();
  const note = (service: string, operation: string, input: unknown, result: object) => {
    const line = { at: toIso(at), service, operation, input: withoutSecrets(input), ...result };
    const key = JSON.stringify([service, operation, input]);
    noted.set(key, { text: JSON.stringify(line), isRefused: 'error' in result });
  };
  const noteProbe = (operation: string, input: object, { kind, ...rest }: ProbeResult) => {
    const output = 'why' in rest ? { kind, why: rest.why } : { kind };
    note('probe', operation, input, { output });
  };
  return {
    async onCall({ service, operation, input }, send) {
      try {
        const output = await send();
        note(service, operation, input, { output: withoutSecrets(output) });
        return output;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal !== null) note(service, operation, input, { error: refusal });
        throw error;
      }
    },
    probes: ({ vantages, send }) => ({
      vantages,
      send: (round, onAnswer, signal) =>
        send(
          round,
          (answer) => {
            const target = round.targets.find(({ key }) => key === answer.key);
            if (target !== undefined) {
              const { kind, address, port } = target;
              noteProbe(kind, { address, port, vantage: round.vantageId }, answer.result);
            }
            onAnswer(answer);
          },
          signal,
        ),
    }),
    endpointProbes: ({ send }) => ({
      async send(reachability, timeoutMs, signal) {
        const result = await send(reachability, timeoutMs, signal);
        const { dnsName, port, transport } = reachability;
        const address = dnsName.replace(/^\*\./, '');
        const kind = transport === 'udp' ? 'openvpn' : 'openvpn-tcp';
        noteProbe(kind, { address, port, vantage: 'here' }, result);
        return result;
      },
    }),
    lines: () => [...noted.values()].map(({ text }) => text),
    get counts() {
      const refusals = [...noted.values()].filter(({ isRefused }) => isRefused).length;
      return { answers: noted.size - refusals, refusals };
    },
  };
}

/** What AWS or the network said; null for a bug of ours. A denial's message holds an encoded policy trace. */
function refusalOf(error: unknown): { readonly name: string; readonly message: string } | null {
  if (!(error instanceof Error)) return null;
  const code: unknown = Reflect.get(error, 'code');
  const isWorldly = '$fault' in error || '$metadata' in error || typeof code === 'string';
  if (!isWorldly) return null;
  const name = '$fault' in error || typeof code !== 'string' ? error.name : code;
  const isDenied = /Unauthorized|AccessDenied/.test(name);
  return { name, message: isDenied ? '' : error.message.slice(0, MESSAGE_MAX) };
}

const MESSAGE_MAX = 200;
