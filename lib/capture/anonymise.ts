/**
 * Lines of a capture without what names people, companies and places: names, descriptions, public addresses, account
 * numbers, public AS numbers and CRLs. The same text becomes the same everywhere. Resource ids and private addresses stay.
 */
import { openAddresses } from './anonymise/addresses.ts';
import { anonymousTag } from './anonymise/tags.ts';
import { openWords } from './anonymise/words.ts';

/** `key`: random bytes, thrown away afterwards: without them addresses cannot be turned back. */
export function openAnonymiser(account: string, key: Uint8Array): <T extends object>(line: T) => T {
  const words = openWords();
  const addresses = openAddresses(key);
  const accounts = new Set([account]);

  function text(value: string): string {
    for (const [, number = ''] of value.matchAll(ARN_ACCOUNT)) accounts.add(number);
    const named = value
      .replaceAll(ARN_NAME, (_all, start: string, name: string) => start + words.of('name', name))
      .replaceAll(BALANCER, (_all, start: string, name: string) => start + words.of('name', name));
    return addresses
      .text(named)
      .replaceAll(/(?<!\d)\d{12}(?!\d)/g, (number) =>
        accounts.has(number) ? words.account(number) : number,
      );
  }

  function field(name: string, value: unknown): unknown {
    if (typeof value === 'string') {
      if (value === '') return value;
      if (/(Owner|Account)Id$/.test(name) && /^\d{12}$/.test(value)) accounts.add(value);
      if (ASN.test(name)) return words.asn(value);
      return FREE_TEXT.test(name) ? words.of(kindOf(name), value) : text(value);
    }
    if (typeof value === 'number' && ASN.test(name)) return Number(words.asn(String(value)));
    if (Array.isArray(value)) return value.map((one) => field(name, one));
    if (typeof value !== 'object' || value === null || 'getTime' in value) return value;
    const { Key, Value }: { readonly Key?: unknown; readonly Value?: unknown } = value;
    if (typeof Key === 'string' && typeof Value === 'string') {
      return { ...value, Value: anonymousTag(Key, Value, words, text) };
    }
    return Object.fromEntries(Object.entries(value).map(([each, one]) => [each, field(each, one)]));
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
/** The last part of an ARN whose kind of resource is named by people. */
const ARN_NAME =
  /(arn:[\w-]+:[\w-]*:[\w-]*:\d*:(?:instance-profile|role|user|saml-provider|assumed-role|function|log-group|alarm|autoScalingGroup:[\w-]+:autoScalingGroupName)[/:])([^\s"]+)/g;
/** `net/NAME/50dc6c495c0c9188`, `targetgroup/NAME/6d0ecf831eec9f09` */
const BALANCER = /\b((?:net|app|gwy|targetgroup)\/)([^/\s]+)(?=\/[0-9a-f]{16}\b)/g;

const ASN = /Asn(Extended)?$/;
/** Fields that people write. */
const FREE_TEXT =
  /^(Description|GroupName|DeviceName|KeyName|AlarmName|AlarmDescription|CloudwatchLogGroup|CloudwatchLogStream|LogGroupName|PrefixListName|BannerText|DirectoryName|SelfServicePortalUrl|PublicDnsName)$/;

const kindOf = (name: string): string => (name === 'Description' ? 'text' : 'name');
