/** Connections that end on an address: written by the poll of connections, read by the leader of the appliances. Pure. */
import * as v from 'valibot';

export interface Link {
  /** Of a customer gateway. */
  readonly address: string;
  readonly connectionId: string;
  readonly name: string;
  /** Managed transit gateway routes that lead over it. */
  readonly routeCount: number;
}

/** The item of the state table that holds a region's links. */
export const linksId = (region: string): string => `links#${region}`;

/** So many are kept: more gateways than an account has by default. */
export const LINKS_MAX = 500;

const Text = v.pipe(v.string(), v.maxLength(300));
const Body = v.object({
  links: v.array(
    v.object({ address: Text, connectionId: Text, name: Text, routeCount: v.number() }),
  ),
});

/** Empty for garbage, which links nothing. */
export function parseLinks(body: unknown): readonly Link[] {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output.links.slice(0, LINKS_MAX) : [];
}
