/**
 * Lines of a capture without what names people, companies and places: names, descriptions, public addresses, account
 * numbers, public AS numbers and CRLs. The same text becomes the same everywhere. Resource ids and private addresses stay.
 */
import { openAddresses } from './anonymise/addresses.ts';
import { anonymousArns } from './anonymise/arns.ts';
import { anonymousPair } from './anonymise/pairs.ts';
import { openWords } from './anonymise/words.ts';

/** `key`: random bytes, thrown away afterwards: without them addresses cannot be turned back. */
export function openAnonymiser(account: string, key: Uint8Array): <T extends object>(line: T) => T {
  const words = openWords();
  const addresses = openAddresses(key);
  const accounts = new Set([account]);

  function text(value: string): string {
    for (const [, number = ''] of value.matchAll(ARN_ACCOUNT)) accounts.add(number);
    const named = value.includes('arn:')
      ? anonymousArns(value, words)
      : value.replaceAll(
          BALANCER,
          (_all, start: string, name: string) => start + words.of('name', name),
        );
    return addresses
      .text(named)
      .replaceAll(/(?<!\d)\d{12}(?!\d)/g, (number) =>
        accounts.has(number) ? words.account(number) : number,
      );
  }

  function field(name: string, value: unknown): unknown {
    if (typeof value === 'string') {
      if (value === '') return value;
      if (/(Owner|Account)(Id)?$/i.test(name) && /^\d{12}$/.test(value)) accounts.add(value);
      if (ASN.test(name)) return words.asn(value);
      return FREE_TEXT.test(name) ? words.of(kindOf(name), value) : text(value);
    }
    if (typeof value === 'number' && ASN.test(name)) return Number(words.asn(String(value)));
    if (Array.isArray(value)) return value.map((one) => field(name, one));
    if (typeof value !== 'object' || value === null || 'getTime' in value) return value;
    const pair = anonymousPair(value, words, text);
    if (pair !== null) return pair;
    const isDirectory = 'DirectoryId' in value;
    return Object.fromEntries(
      Object.entries(value).map(([each, one]) => [
        each,
        field(isDirectory && each === 'Name' ? 'DirectoryName' : each, one),
      ]),
    );
  }

  return (line) => {
    const shown = { ...line, ...Object(field('', line)) };
    return Reflect.get(line, 'operation') === EXPORT ? withoutCrl(shown) : shown;
  };
}

/** A signed list names its authority, and cannot be changed. */
const EXPORT = 'ExportClientVpnClientCertificateRevocationList';

const withoutCrl = <T extends object>(line: T): T => ({
  ...line,
  output: undefined,
  error: { name: 'NotInCapture', message: 'left out: the capture is anonymised' },
});

const ARN_ACCOUNT = /arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):/g;
/** `net/NAME/50dc6c495c0c9188`, `targetgroup/NAME/6d0ecf831eec9f09` */
const BALANCER = /\b((?:net|app|gwy|targetgroup)\/)([^/\s]+)(?=\/[0-9a-f]{16}\b)/g;

const ASN = /asn(Extended|Long)?$/i;
/** Fields that people write, and those that name a building. */
const FREE_TEXT =
  /^(Description|GroupName|DeviceName|KeyName|AlarmName|AlarmDescription|CloudwatchLogGroup|CloudwatchLogStream|LogGroupName|PrefixListName|BannerText|DirectoryName|ShortName|DomainName|SubjectAlternativeNames|SelfServicePortalUrl|PublicDnsName|connectionName|virtualInterfaceName|directConnectGatewayName|location|awsDeviceV2|awsLogicalDeviceId)$/;

const kindOf = (name: string): string => (name === 'Description' ? 'text' : 'name');
