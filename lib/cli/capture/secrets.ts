/** An answer of AWS without what must not leave the account: keys, tokens, people, and tags that vpn-medic does not read. Pure. */
import { KEPT_FIELDS } from './keptFields.ts';

/**
 * The answer as a capture holds it. Of EC2, whose schemas mark every secret, the rest of the fields is kept; of each
 * other service only the fields of its operation's row. Undefined: the operation has no row, and nothing is kept.
 */
export function keptOf(service: string, operation: string, output: unknown): unknown {
  if (service === 'ec2') return withoutSecrets(output);
  const fields = KEPT_FIELDS.get(`${service} ${operation}`);
  return fields === undefined
    ? undefined
    : withoutSecrets(output, (name) => fields.has(name) || TAG_FIELDS.has(name));
}

/** The same value without the fields and tags that a capture never holds. `isKept`: which of the other fields it does. */
export function withoutSecrets(
  value: unknown,
  isKept: (name: string) => boolean = () => true,
): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((one: unknown) => !isForeignTag(one))
      .map((one: unknown) => withoutSecrets(one, isKept));
  }
  if (typeof value !== 'object' || value === null || 'getTime' in value) return value;
  const kept = Object.entries(value).filter(
    ([name]) => PAGING.test(name) || (!SECRET.test(name) && isKept(name)),
  );
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutSecrets(one, isKept)]));
}

const PAGING = /^(Next|Pagination)Token$/i;

/** Pre-shared keys stand in the tunnel options and again in the device configuration. */
const SECRET =
  /^\$metadata$|PreSharedKey|CustomerGatewayConfiguration|RouterConfig|UserData|Token$|Secret|Password|PrivateKey|KeyMaterial|Auth(entication)?Key|^Username$|^CommonName$/i;

/** Services differ in how they write a tag. */
const TAG_FIELDS: ReadonlySet<string> = new Set(['Tags', 'tags', 'Key', 'key', 'Value', 'value']);

/** Tags of other tools may hold anything. */
function isForeignTag(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const {
    Key,
    key = Key,
    Value,
    value: text = Value,
  }: Readonly<Record<string, unknown>> = {
    ...value,
  };
  return (
    typeof key === 'string' &&
    text !== undefined &&
    key !== 'Name' &&
    !key.startsWith('vpn-medic:') &&
    !key.startsWith('aws:autoscaling:')
  );
}
