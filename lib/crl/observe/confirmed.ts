/** Reads of CRLs: what one answer alone says to be lost, changed or absent is asked for until two answers agree (S1, S13). */
import { agreed } from '../../core/agreed.ts';
import type { Reading } from '../../core/reading.ts';
import type { CrlObserver, ObjectRef, TaggedEndpoint } from '../ports.ts';
import type { CrlMemory } from '../state.ts';
import {
  type BucketObject,
  type EndpointObservation,
  type FileObservation,
  INBOX,
  ISSUERS,
  type Listing,
  type ObjectFact,
} from '../types/world.ts';
import { isSamePem, pemOf } from '../x509/pem.ts';

/** Believed when two listings agree: without its issuer a genuine CRL would be refused, without its names they would be free. */
export async function listIssuers(
  { source, clock }: CrlObserver,
  countMax: number,
  signal: AbortSignal,
): Promise<Reading<Listing>> {
  const read = () => source.list(ISSUERS, countMax, signal);
  return agreed(await read(), read, { isExpected: () => false, gist: listed }, clock, signal);
}

/** The uploads that were judged before lie there still, and the one that an event announced. */
export async function listInbox(
  { source, clock }: CrlObserver,
  { files }: CrlMemory,
  announced: string | null,
  countMax: number,
  signal: AbortSignal,
): Promise<Reading<Listing>> {
  const names = [...files.keys(), ...(announced === null ? [] : [announced])];
  const isExpected = ({ objects, isWhole }: Listing): boolean => {
    const here = new Set(objects.map(({ key }) => key));
    return !isWhole || names.every((name) => here.has(INBOX + name));
  };
  const read = () => source.list(INBOX, countMax, signal);
  return agreed(await read(), read, { isExpected, gist: listed }, clock, signal);
}

const listed = ({ objects, isWhole }: Listing): unknown => [
  isWhole,
  objects.map(({ key, etag }) => [key, etag]),
];

/** An object that was listed: other bytes than so many, or none, are believed when two reads have them. */
export async function readListed(
  { source, clock }: Pick<CrlObserver, 'source' | 'clock'>,
  ref: ObjectRef,
  { octets }: ObjectFact,
  octetsMax: number,
  signal: AbortSignal,
): Promise<Reading<BucketObject | null>> {
  const isExpected = (object: BucketObject | null): boolean =>
    object !== null && (object.bytes === null || object.bytes.length === octets);
  const read = () => source.read(ref, octetsMax, signal);
  return agreed(await read(), read, { isExpected, gist: content }, clock, signal);
}

const content = (object: BucketObject | null): unknown =>
  object === null ? null : [object.etag, object.bytes];

/** Endpoints that asked for a CRL within the last day ask for it still. */
export async function tagged(
  { endpoints, clock }: CrlObserver,
  { askedAts }: CrlMemory,
  signal: AbortSignal,
): Promise<Reading<readonly TaggedEndpoint[]>> {
  const isExpected = (all: readonly TaggedEndpoint[]): boolean => {
    const here = new Set(all.map(({ endpointId }) => endpointId));
    return [...askedAts.keys()].every((id) => here.has(id));
  };
  const read = () => endpoints.tagged(signal);
  return agreed(await read(), read, { isExpected, gist: asking }, clock, signal);
}

const asking = (all: readonly TaggedEndpoint[]): unknown =>
  new Map(all.map((one) => [one.endpointId, one.fileName]));

/** An endpoint has the published CRL, where there is one to compare with. */
export async function confirmList(
  { endpoints, clock }: CrlObserver,
  endpoint: EndpointObservation,
  files: readonly FileObservation[],
  signal: AbortSignal,
): Promise<EndpointObservation> {
  const published = files.find(({ fileName }) => fileName === endpoint.fileName)?.published;
  const bytes = published?.known === true ? (published.value?.bytes ?? null) : null;
  const pem = bytes === null ? null : pemOf(bytes);
  const list = await agreed(
    endpoint.list,
    () => endpoints.exported(endpoint, signal),
    {
      isExpected: (one) => pem === null || (one.pem !== null && isSamePem(one.pem, pem)),
      gist: ({ pem: text, isActive }) => [text, isActive],
    },
    clock,
    signal,
  );
  return { ...endpoint, list };
}
