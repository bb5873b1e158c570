/** An auto scaling group, as far as a replacement depends on it. */

export interface ScalingGroup {
  readonly name: string;
  readonly minSize: number;
  readonly desiredCapacity: number;
  /** Names of suspended processes. */
  readonly suspended: readonly string[];
  readonly members: readonly ScalingMember[];
}

interface ScalingMember {
  readonly instanceId: string;
  /** Auto Scaling's word. */
  readonly lifecycle: string;
  readonly isHealthy: boolean;
}

/** The lifecycle word of a member that counts. */
export const IN_SERVICE = 'InService';
