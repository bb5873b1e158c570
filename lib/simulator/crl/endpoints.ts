/** The CRLs of Client VPN endpoints in memory: an import takes time and resets connections. */
import { known, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type {
  CrlEndpointPort,
  EndpointRef,
  ImportAnswer,
  TaggedEndpoint,
} from '../../crl/ports.ts';

interface SimEndpoint extends TaggedEndpoint {
  readonly pem: string | null;
  readonly activeAt: number;
  readonly liveCount: number;
}

export class SimCrlEndpoints implements CrlEndpointPort {
  isUnreachable = false;
  importAnswer: ImportAnswer['kind'] = 'accepted';
  activationMs = 4_000;
  /** Every list that was imported, oldest first. */
  readonly imports: { readonly endpointId: string; readonly pem: string; readonly at: number }[] =
    [];
  readonly #byId = new Map<string, SimEndpoint>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(endpoint: Partial<TaggedEndpoint> & { readonly endpointId: string }, liveCount = 3): void {
    const { endpointId } = endpoint;
    this.#byId.set(endpointId, {
      region: 'eu-west-1',
      name: endpointId,
      fileName: 'ca.crl',
      ignore: null,
      pem: null,
      activeAt: 0,
      liveCount,
      ...endpoint,
    });
  }

  /** Untagged, or deleted. */
  remove(endpointId: string): void {
    this.#byId.delete(endpointId);
  }

  /** Sets the CRL as an operator imports it. */
  set(endpointId: string, pem: string): void {
    const endpoint = this.#byId.get(endpointId);
    if (endpoint !== undefined) this.#byId.set(endpointId, { ...endpoint, pem, activeAt: 0 });
  }

  pemOf = (endpointId: string): string | null => this.#byId.get(endpointId)?.pem ?? null;

  tagged: CrlEndpointPort['tagged'] = async () =>
    this.isUnreachable ? this.#lost() : known([...this.#byId.values()], this.#clock.now());

  exported: CrlEndpointPort['exported'] = async ({ endpointId }) => {
    const endpoint = this.#byId.get(endpointId);
    if (this.isUnreachable || endpoint === undefined) return this.#lost();
    const { pem, activeAt } = endpoint;
    return known({ pem, isActive: this.#clock.now() >= activeAt }, this.#clock.now());
  };

  liveConnectionCount: CrlEndpointPort['liveConnectionCount'] = async ({ endpointId }) =>
    known(this.#byId.get(endpointId)?.liveCount ?? 0, this.#clock.now());

  async import({ endpointId }: EndpointRef, pem: string): Promise<ImportAnswer> {
    const endpoint = this.#byId.get(endpointId);
    const why = 'ec2 got no usable answer (ECONNRESET)';
    if (endpoint === undefined || this.importAnswer === 'refused') return { kind: 'refused', why };
    const now = this.#clock.now();
    this.imports.push({ endpointId, pem, at: now });
    this.#byId.set(endpointId, {
      ...endpoint,
      pem,
      activeAt: now + this.activationMs,
      liveCount: 0,
    });
    return this.importAnswer === 'unclear' ? { kind: 'unclear', why } : { kind: 'accepted' };
  }

  #lost() {
    return unknown('ec2 got no usable answer (ECONNRESET)', this.#clock.now());
  }
}
