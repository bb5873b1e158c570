/** The notification for the topic of alerts: each protocol's own text in one SNS message. Pure. */
import type { Said } from '../content.ts';
import type { ChannelMessage } from '../types.ts';

/** Cut down until SNS takes it: a notification in brief is better than none. */
export function alertsOf(said: Texts): ChannelMessage {
  return { subject: said.subject, body: bodyOf(said), isPerProtocol: true };
}

type Texts = Omit<Said, 'content'>;

function bodyOf({ text, json, sms, state, incidentId, subject, attributes }: Texts): string {
  const room = MESSAGE_BYTES_MAX - attributeBytes(attributes);
  const full = renderings(text, json, sms);
  if (byteCount(full) <= room) return full;
  // Six copies of the JSON weigh most: once, as the default, it still reaches every machine.
  const once = (email: string) => JSON.stringify({ default: json, email, sms });
  const spare = room - byteCount(once(CUT));
  if (spare >= 0) return once(cutToJsonBytes(text, spare) + CUT);
  return renderings(subject, JSON.stringify({ state, incidentId, subject }), sms);
}

const renderings = (text: string, json: string, sms: string): string =>
  JSON.stringify({
    default: text,
    email: text,
    sms,
    'email-json': json,
    sqs: json,
    http: json,
    https: json,
    lambda: json,
    firehose: json,
  });

const attributeBytes = (attributes: Texts['attributes']): number =>
  Object.entries(attributes)
    .map(([name, value]) => byteCount(name) + byteCount('String') + byteCount(value))
    .reduce((sum, bytes) => sum + bytes, 0);

/** The longest beginning of `text` that takes at most `room` bytes inside a JSON string. */
function cutToJsonBytes(text: string, room: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += byteCount(JSON.stringify(character)) - 2;
    if (bytes > room) return text.slice(0, end);
    end += character.length;
  }
  return text;
}

const byteCount = (text: string): number => Buffer.byteLength(text, 'utf8');

const CUT = '\n[cut: too long for one message]';
/** SNS takes 262,144 bytes with attributes; a little is left for what else it may count. */
const MESSAGE_BYTES_MAX = 262_144 - 1_024;
