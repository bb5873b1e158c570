/** CompleteLifecycleAction of Auto Scaling: the watcher's only call to that service. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { HookPort } from '../appliances/ports.ts';
import { TAG } from '../core/tags.ts';
import type { Clock } from '../core/time.ts';
import { askAutoScaling } from './autoScaling.ts';
import { type CallContext, call } from './call.ts';
import type { CredentialSource } from './signedPost.ts';
import { writeAnswerOf } from './writeAnswer.ts';

/** `address`: null for that of AWS. The credentials are those in the environment, as Lambda's functions have them. */
export function hookPort(
  region: string,
  address: string | null,
  clock: Clock,
  credentials: CredentialSource = fromEnv(),
): HookPort {
  const context: CallContext = { service: 'autoscaling', clock };
  return {
    async complete(hook, instanceId, signal) {
      const parameters = {
        AutoScalingGroupName: hook.group,
        LifecycleHookName: hook.name,
        LifecycleActionToken: hook.token,
        LifecycleActionResult: 'CONTINUE',
        InstanceId: instanceId,
      };
      const request = { region, address, now: clock.now(), credentials };
      const answer = await call(context, 'CompleteLifecycleAction', signal, () =>
        askAutoScaling('CompleteLifecycleAction', parameters, request, signal),
      );
      return writeAnswerOf(answer, 'autoscaling:CompleteLifecycleAction', hook.group, TAG.group);
    },
  };
}
