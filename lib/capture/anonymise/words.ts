/** Names by number: the same one for the same text. */

export interface Words {
  /** `name-1` */
  of(kind: string, text: string): string;
  /** 12 digits. */
  account(number: string): string;
  /** Public AS numbers become private ones; private ones stay. */
  asn(number: string): string;
}

export function openWords(): Words {
  const known = new Map<string, Map<string, number>>();
  const numberOf = (kind: string, text: string): number => {
    const some = known.get(kind) ?? new Map<string, number>();
    known.set(kind, some);
    const number = some.get(text) ?? some.size + 1;
    some.set(text, number);
    return number;
  };
  return {
    of: (kind, text) => (isMade(kind, text) ? text : `${kind}-${numberOf(kind, text)}`),
    account: (number) => String(ACCOUNT + numberOf('account', number)),
    asn: (number) =>
      isPrivateAsn(Number(number)) ? number : String(ASN + numberOf('asn', number)),
  };
}

const ACCOUNT = 900_000_000_000;
/** Of the private range of four octets, which begins at 4,200,000,000 (RFC 6996). */
const ASN = 4_200_001_000;

const isPrivateAsn = (number: number): boolean =>
  !Number.isInteger(number) || (number >= 64_512 && number <= 65_534) || number >= 4_200_000_000;

const isMade = (kind: string, text: string): boolean => kind === 'name' && isAwsId(text);

/** An id that AWS gave identifies no person: `vpc-0a…`, `dxvif-ffhhk74f`, `d-926785f2c1`, a UUID, a load balancer's digits. */
export const isAwsId = (text: string): boolean =>
  /^([a-z]+(-[a-z]+)*-[0-9a-f]{8}([0-9a-f]{9})?|dx[a-z]+-[0-9a-z]{8}|d-[0-9a-f]{10}|[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(
    text,
  );
