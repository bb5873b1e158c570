/** An answer of AWS without what must not leave the account: keys, tokens, people, and tags that vpn-medic does not read. Pure. */

/** The same value without the fields and tags that a capture never holds. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((one: unknown) => !isForeignTag(one)).map(withoutSecrets);
  }
  if (typeof value !== 'object' || value === null || 'getTime' in value) return value;
  const kept = Object.entries(value).filter(([name]) => !SECRET.test(name) || name === 'NextToken');
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutSecrets(one)]));
}

/** Pre-shared keys stand in the tunnel options and again in the device configuration. */
const SECRET =
  /^\$metadata$|PreSharedKey|CustomerGatewayConfiguration|UserData|Token$|Secret|Password|PrivateKey|KeyMaterial|AuthenticationKey|^Username$|^CommonName$/i;

/** Tags of other tools may hold anything. */
function isForeignTag(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const key: unknown = Reflect.get(value, 'Key');
  return (
    typeof key === 'string' &&
    'Value' in value &&
    key !== 'Name' &&
    !key.startsWith('vpn-medic:') &&
    !key.startsWith('aws:autoscaling:')
  );
}
