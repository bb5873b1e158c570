/** A month's bill out of a month's usage. Pure. */
import { PRICES, type Price, type PriceName } from './prices.ts';
import type { Usage } from './usage.ts';

export interface Bill {
  readonly lines: readonly BillLine[];
  /** At list prices, nothing given. */
  readonly listUsd: number;
  /** After what AWS gives every account for nothing, if nothing else in the account uses it. */
  readonly afterFreeUsd: number;
}

export interface BillLine extends Usage {
  readonly service: string;
  readonly unit: string;
  readonly unitUsd: number;
  readonly listUsd: number;
  readonly afterFreeUsd: number;
  readonly source: string;
  readonly readOn: string;
}

/** What is free is given to the lines in their order. */
export function billOf(usage: readonly Usage[]): Bill {
  const left = new Map<PriceName, number>();
  const lines = usage.map((one): BillLine => {
    const price: Price = PRICES[one.price];
    const free = left.get(one.price) ?? price.freeUnits;
    const paid = Math.max(0, one.units - free);
    left.set(one.price, Math.max(0, free - one.units));
    return {
      ...one,
      service: price.service,
      unit: price.unit,
      unitUsd: price.usd,
      listUsd: one.units * price.usd,
      afterFreeUsd: paid * price.usd,
      source: price.source,
      readOn: price.readOn,
    };
  });
  const sum = (of: (line: BillLine) => number) =>
    lines.reduce((total, line) => total + of(line), 0);
  return {
    lines,
    listUsd: sum(({ listUsd }) => listUsd),
    afterFreeUsd: sum(({ afterFreeUsd }) => afterFreeUsd),
  };
}

/** What CloudWatch's answers cost: the part that grows with what is watched. */
export const askedUsd = ({ lines }: Bill): number =>
  lines.reduce((total, { price, listUsd }) => total + (price === 'metricAsked' ? listUsd : 0), 0);
