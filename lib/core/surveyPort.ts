/** Reads of what surrounds the VPN paths, for a capture. Types only. */

export interface SurveyPort {
  /** Every call's answer or refusal goes to the client's hook; rejects only for bugs of ours. */
  read(of: SurveyScope, signal: AbortSignal): Promise<void>;
}

export interface SurveyScope {
  readonly vpcIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly endpointIds: readonly string[];
  /** Of the endpoints' users. */
  readonly directoryIds: readonly string[];
  /** Of the endpoints' servers. */
  readonly certificateArns: readonly string[];
}
