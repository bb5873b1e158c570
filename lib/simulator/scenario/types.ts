/** A scenario: which faults strike whom and when. */
import type { Spell } from '../faults.ts';
import type { Roles } from '../roles.ts';

export interface Scenario {
  readonly name: string;
  /** One sentence: what fails, and what is expected. */
  readonly says: string;
  /** Its faults in this account, from the start; null when the account lacks what it needs. */
  readonly spellsIn: (roles: Roles) => readonly Spell[] | null;
  /** How long it runs, with its faults. */
  readonly lastsMs: number;
  /** True: no appliance fails, so only the polls run, and hours pass quickly. */
  readonly isPolled?: boolean;
  /** The repair steps that an appliance's tag `vpn-medic:repair` allows in this scenario. */
  readonly repairOf?: (
    roles: Roles,
  ) => { readonly instanceId: string; readonly steps: string } | null;
}
