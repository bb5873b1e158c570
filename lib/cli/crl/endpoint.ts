/** The Client VPN endpoint that a person names. */
import type { EndpointRef } from '../../crl/ports.ts';
import type { AwsClients } from '../awsClients.ts';
import { findNamed } from '../named.ts';
import { Unable } from '../terminal.ts';

const ASK_MS = 30_000;

/** An id is taken as it is. @throws {Unable} when endpoints cannot be read, and for a name that none or several have. */
export async function endpointNamed(
  word: string,
  region: string,
  clients: Pick<AwsClients, 'endpoints'>,
): Promise<EndpointRef> {
  if (word.startsWith('cvpn-endpoint-')) return { region, endpointId: word };
  const port = await clients.endpoints(region);
  const reading = await port.endpoints(AbortSignal.timeout(ASK_MS));
  if (!reading.known) throw new Unable(`endpoints of ${region} cannot be read: ${reading.why}`);
  const { endpointId } = findNamed(reading.value, (one) => one.endpointId, word, {
    kind: 'endpoint',
    region,
  });
  return { region, endpointId };
}
