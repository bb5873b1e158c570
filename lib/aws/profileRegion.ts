/** The region that the SDK itself would use: the environment's, else the profile's. */
import { isNativeError } from 'node:util/types';
import { EC2Client } from '@aws-sdk/client-ec2';

/** Null where neither names one. No network. */
export async function profileRegion(): Promise<string | null> {
  try {
    return await new EC2Client({}).config.region();
  } catch (error) {
    // A plain Error without a code: the message is all there is.
    if (isNativeError(error) && /region is missing/i.test(error.message)) return null;
    throw error;
  }
}
