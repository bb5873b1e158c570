/** The bill as text. Pure. */
import { PRICES } from '../../cost/prices.ts';
import type { CostReport } from '../cost.ts';
import { colour } from '../output/colour.ts';
import { type Block, blank, count, line, table, title } from '../output/textBlocks.ts';

export function writeBill(report: CostReport): readonly Block[] {
  const { inventory, setup, lines } = report;
  const small = lines.filter(({ listUsd }) => listUsd < SMALL_USD);
  const smallUsd = small.reduce((sum, { listUsd }) => sum + listUsd, 0);
  const readOn = new Set(Object.values(PRICES).map((price) => price.readOn));
  return [
    title(`A month of vpn-medic, for ${report.of}`),
    line(
      `${count(inventory.applianceCount, 'appliance')}, ${count(inventory.connectionCount, 'connection')} with ${count(inventory.tunnelCount, 'tunnel')}, ${count(inventory.endpointCount, 'endpoint')}, ${count(inventory.tableSeriesCount, 'further metric')}; ${setup.watchSeconds >= 60 ? 'watched every second' : `watched for ${setup.watchSeconds} s of each minute`}.`,
    ),
    blank,
    table(
      ['USD', 'AFTER FREE', 'SERVICE', 'FOR', 'HOW MUCH', 'OUT OF'],
      lines
        .filter(({ listUsd }) => listUsd >= SMALL_USD)
        .toSorted((a, b) => b.listUsd - a.listUsd)
        .map((one) => [
          usd(one.listUsd),
          usd(one.afterFreeUsd),
          one.service,
          one.item,
          `${amount(one.units)} x ${one.unit}`,
          one.how,
        ]),
    ),
    line(`${usd(smallUsd)} more in ${count(small.length, 'line')} under a cent each.`),
    blank,
    line([
      colour(
        'strong',
        `${usd(report.listUsd)} USD a month at list prices; ${usd(report.afterFreeUsd)} USD`,
      ),
      ' after the AWS free tier, if nothing else in the account uses it.',
    ]),
    line(
      `List prices of us-east-1, read ${[...readOn].join(', ')}; other regions cost 0 to 15 % more. Sources: vpn-medic cost --json.`,
    ),
    ...report.objections.map((objection) => line([colour('warn', 'Not counted: '), objection])),
  ];
}

const SMALL_USD = 0.005;
const usd = (amount: number): string => amount.toFixed(2);
const amount = (units: number): string =>
  units < 100 ? String(Math.round(units * 100) / 100) : Math.ceil(units).toLocaleString('en-US');
