/** Reads of what surrounds the VPN paths and no function reads, for a capture. Types only. */

export interface SurveyPort {
  /** Every call's answer or refusal goes to the client's hook; rejects only for bugs of ours. */
  read(of: SurveyScope, signal: AbortSignal): Promise<void>;
}

export interface SurveyScope {
  readonly vpcIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}
