/** Routes and CRLs that were written during a replay, over the answers recorded before. */
import type { AwsCall } from '../aws/client.ts';
import type { Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';
import type { Clock, Instant } from '../core/time.ts';
import type { Overlay } from './aws.ts';
import { listOf, textOf } from './fields.ts';
import { openTransitOverlay } from './transitOverlay.ts';

interface RouteWritten {
  readonly at: Instant;
  readonly tableId: string;
  readonly destination: string;
  readonly interfaceId: string;
}

interface AddressWritten {
  readonly at: Instant;
  readonly fields: Fields;
}

/** A later recorded answer shows what AWS had by then, and replaces what was written before it. */
export function openOverlay(clock: Clock): Overlay {
  const routes: RouteWritten[] = [];
  const addresses: AddressWritten[] = [];
  const transit = openTransitOverlay(clock);
  const crls = new Map<string, { readonly at: Instant; readonly pem: string }>();
  return {
    write({ operation, input }: AwsCall) {
      const fields = fieldsOf(input);
      if (operation === 'ReplaceRoute') routes.push(routeOf(fields, clock.now()));
      if (operation === 'AssociateAddress') addresses.push({ at: clock.now(), fields });
      transit.write(operation, fields);
      if (operation === IMPORT) {
        const pem = textOf(fields['CertificateRevocationList']);
        crls.set(textOf(fields['ClientVpnEndpointId']), { at: clock.now(), pem });
      }
    },
    applied(operation, answer, output) {
      if (operation === 'DescribeRouteTables') {
        const later = routes.filter(({ at }) => at >= answer.at);
        return later.length === 0 ? output : withRoutes(output, later);
      }
      if (operation === 'DescribeAddresses') {
        const later = addresses.filter(({ at }) => at >= answer.at);
        return later.length === 0 ? output : withAddresses(output, later);
      }
      if (operation === EXPORT) {
        const written = crls.get(textOf(answer.input['ClientVpnEndpointId']));
        if (written === undefined || written.at < answer.at) return output;
        return { CertificateRevocationList: written.pem, Status: { Code: 'active' } };
      }
      return transit.applied(operation, answer, output);
    },
  };
}

const IMPORT = 'ImportClientVpnClientCertificateRevocationList';
const EXPORT = 'ExportClientVpnClientCertificateRevocationList';

const routeOf = (input: Fields, at: Instant): RouteWritten => ({
  at,
  tableId: textOf(input['RouteTableId']),
  destination: destinationOf(input),
  interfaceId: textOf(input['NetworkInterfaceId']),
});

const destinationOf = (route: Fields): string =>
  textOf(route['DestinationCidrBlock']) ||
  textOf(route['DestinationIpv6CidrBlock']) ||
  textOf(route['DestinationPrefixListId']);

function withRoutes(output: Fields, written: readonly RouteWritten[]): Fields {
  const tables = listOf(output['RouteTables']).map((table) => {
    const mine = written.filter(({ tableId }) => tableId === table['RouteTableId']);
    if (mine.length === 0) return table;
    const routes = listOf(table['Routes']).map((route) => {
      const last = mine.findLast(({ destination }) => destination === destinationOf(route));
      return last === undefined ? route : pointedAt(route, last.interfaceId);
    });
    return { ...table, Routes: routes };
  });
  return { ...output, RouteTables: tables };
}

const withAddresses = (output: Fields, written: readonly AddressWritten[]): Fields => ({
  ...output,
  Addresses: listOf(output['Addresses']).map((address) => {
    const id = address['AllocationId'];
    const last = written.findLast(({ fields }) => fields['AllocationId'] === id)?.fields;
    if (last === undefined) return address;
    const { NetworkInterfaceId, PrivateIpAddress } = last;
    return { ...address, NetworkInterfaceId, PrivateIpAddress };
  }),
});

const pointedAt = (route: Fields, interfaceId: string): Fields => ({
  ...Object.fromEntries(Object.entries(route).filter(([name]) => KEPT.has(name))),
  NetworkInterfaceId: interfaceId,
  State: 'active',
});

const KEPT: ReadonlySet<string> = new Set([
  'DestinationCidrBlock',
  'DestinationIpv6CidrBlock',
  'DestinationPrefixListId',
  'Origin',
]);
