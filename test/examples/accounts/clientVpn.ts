/** A company whose people dial in over Client VPN in two regions, with one CRL for both. */
import { readFileSync } from 'node:fs';
import { type MadeRegion, mergedLists, type Place } from '../account.ts';
import { endpointAnswers, endpointLists, endpointSeries, type MadeEndpoint } from '../clientVpn.ts';
import { vpcLists } from '../network.ts';

const read = (name: string): Buffer => readFileSync(new URL(`../crl/${name}`, import.meta.url));

/** The key that signed it was thrown away. */
const CRL = read('ca.crl');
/** As ca.crl says. */
const NEXT_UPDATE_AT = Date.UTC(2026, 11, 14, 6);
const IDP_END_AT = Date.UTC(2027, 8, 1);
const FILE_NAME = 'employees.crl';

const people = (
  name: string,
  site: string,
  clientCidr: string,
  destinations: readonly string[],
  more: Pick<MadeEndpoint, 'transport' | 'authentication' | 'sessionsMost'>,
): MadeEndpoint => ({
  name,
  vpc: site,
  subnets: [
    [`${site}-a`, 'a'],
    [`${site}-b`, 'b'],
  ],
  clientCidr,
  destinations,
  ...more,
  crl: more.authentication === 'certificate' ? CRL.toString() : null,
  crlEndAt: NEXT_UPDATE_AT,
  idpEndAt: IDP_END_AT,
  ...(more.authentication === 'certificate' ? { tags: { 'vpn-medic:crl': FILE_NAME } } : {}),
});

const vpc = (place: Place, name: string, second: number) =>
  vpcLists(place, {
    name,
    cidr: `10.${second}.0.0/16`,
    subnets: [
      [`${name}-a`, `10.${second}.0.0/22`, 'a'],
      [`${name}-b`, `10.${second}.4.0/22`, 'b'],
    ],
    tables: [{ name: `${name}-main`, subnets: [`${name}-a`, `${name}-b`], routes: {} }],
    appliances: [],
  });

const region = (
  place: Place,
  network: MadeRegion['lists'],
  endpoints: readonly MadeEndpoint[],
): Omit<MadeRegion, 'file' | 'objects'> => ({
  ...place,
  lists: mergedLists([network, endpointLists(place, endpoints)]),
  answers: endpointAnswers(place, endpoints),
  series: endpointSeries(endpoints),
});

/** The region of the buckets. */
export const clientVpnHome = (place: Place): MadeRegion => ({
  ...region(place, vpc(place, 'dublin', 60), [
    people('employees-eu', 'dublin', '10.200.0.0/20', ['10.60.0.0/16', '10.61.0.0/16'], {
      transport: 'udp',
      authentication: 'certificate',
      sessionsMost: 180,
    }),
    people('contractors-eu', 'dublin', '10.201.0.0/22', ['10.60.4.0/22'], {
      transport: 'tcp',
      authentication: 'federated',
      sessionsMost: 25,
    }),
  ]),
  file: 'client-vpn.eu-west-1.jsonl',
  objects: [
    { bucket: 'issuers', key: 'example-corp-vpn-ca.crt', bytes: read('ca.crt') },
    { bucket: 'inbox', key: FILE_NAME, bytes: CRL },
    { bucket: 'public', key: FILE_NAME, bytes: CRL },
  ],
});

export const clientVpnSecond = (place: Place): MadeRegion => ({
  ...region(place, vpc(place, 'virginia', 61), [
    people('employees-us', 'virginia', '10.202.0.0/20', ['10.61.0.0/16', '10.60.0.0/16'], {
      transport: 'udp',
      authentication: 'certificate',
      sessionsMost: 140,
    }),
  ]),
  file: 'client-vpn.us-east-1.jsonl',
  objects: [],
});
