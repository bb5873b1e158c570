/**
 * Site-to-Site VPN of one region. Raw replies hold pre-shared keys (in the tunnel options, and again in the device
 * configuration): only named facts are taken out of them, and an error that may carry a reply is cut down to its name.
 */
import {
  DescribeCustomerGatewaysCommand,
  DescribeVpnConnectionsCommand,
  GetVpnTunnelReplacementStatusCommand,
  ReplaceVpnTunnelCommand,
} from '@aws-sdk/client-ec2';
import type { Clock } from '../../core/time.ts';
import type { TunnelPort, VpnPort } from '../../siteToSite/ports.ts';
import { MAINTENANCE_TAG } from '../../siteToSite/types/connection.ts';
import { type CallResult, call, listOf, reading, Unreadable } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from '../ec2/client.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { listTransitGateways } from '../ec2/transitGateways.ts';
import { writeAnswerOf } from '../writeAnswer.ts';
import { connectionFact, customerGatewayFact, maintenanceFact } from './facts.ts';
import { readStaticRoutes } from './staticRoutes.ts';

export function vpnPort(region: string, clock: Clock, onCall?: CallHook): VpnPort & TunnelPort {
  // One attempt: a lost answer is looked up before anything is asked again.
  const writer = ec2Client(region, onCall, WRITE_MS, 1);
  const client = ec2Client(region, onCall, READ_MS);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    // One reply for everything: the call knows no pages.
    connections: (signal) =>
      reading(context, 'DescribeVpnConnections', () =>
        discreetly(context, 'DescribeVpnConnections', signal, async () => {
          const reply = await client.send(new DescribeVpnConnectionsCommand({}), {
            abortSignal: signal,
          });
          return listOf(reply.VpnConnections).map(connectionFact);
        }),
      ),
    withoutEcmp: (signal) =>
      reading(context, 'DescribeTransitGateways', () =>
        listTransitGateways(
          context,
          ({ TransitGatewayId, Options }) =>
            TransitGatewayId && Options?.VpnEcmpSupport === 'disable' ? [TransitGatewayId] : [],
          signal,
        ),
      ),
    customerGateways: (signal) =>
      reading(context, 'DescribeCustomerGateways', () =>
        call(context, 'DescribeCustomerGateways', signal, async () => {
          const command = new DescribeCustomerGatewaysCommand({});
          const reply = await client.send(command, { abortSignal: signal });
          return listOf(reply.CustomerGateways).flatMap(customerGatewayFact);
        }),
      ),
    staticRoutes: (transitGatewayId, signal) => readStaticRoutes(context, transitGatewayId, signal),
    maintenance: ({ connectionId, outsideIp }, signal) =>
      reading(context, 'GetVpnTunnelReplacementStatus', () =>
        call(context, 'GetVpnTunnelReplacementStatus', signal, async () => {
          const reply = await client.send(
            new GetVpnTunnelReplacementStatusCommand({
              VpnConnectionId: connectionId,
              VpnTunnelOutsideIpAddress: outsideIp,
            }),
            { abortSignal: signal },
          );
          return maintenanceFact(reply);
        }),
      ),
    async replaceTunnel({ connectionId, outsideIp }, signal) {
      const answer = await call(context, 'ReplaceVpnTunnel', signal, () =>
        writer.send(
          new ReplaceVpnTunnelCommand({
            VpnConnectionId: connectionId,
            VpnTunnelOutsideIpAddress: outsideIp,
            ApplyPendingMaintenance: true,
          }),
          { abortSignal: signal },
        ),
      );
      return answer.ok && answer.value.Return === false
        ? { kind: 'refused', why: 'ec2:ReplaceVpnTunnel answered false' }
        : writeAnswerOf(answer, 'ec2:ReplaceVpnTunnel', connectionId, MAINTENANCE_TAG);
    },
  };
}

const WRITE_MS = 10_000;

/**
 * @throws {Unreadable} naming what a reply lacks, or the kind of fault that the SDK met in it.
 * @throws {Error} with no cause: whatever went wrong while a reply was read may quote it.
 */
async function discreetly<T>(
  context: Ec2Context,
  action: string,
  signal: AbortSignal,
  send: () => Promise<T>,
): Promise<CallResult<T>> {
  const answer = await call(context, action, signal, send).catch((error: unknown) => {
    if (error instanceof Unreadable) throw error;
    const cause = error instanceof Error ? error.cause : null;
    const name = cause instanceof Error ? cause.name : 'something';
    if (cause instanceof Unreadable) throw cause;
    // The SDK leaves the reply on what it could not read.
    if (cause instanceof Error && '$response' in cause) throw new Unreadable(name);
    throw new Error(`calling ${context.service}:${action}: ${name}, whose details may hold keys`);
  });
  if (answer.ok) return answer;
  const { kind, code, message } = answer.fault;
  // AWS's own refusals quote what we sent, which is nothing; what was read off a broken reply may quote anything.
  return { ok: false, fault: { kind, code, message: kind === 'refused' ? message : '' } };
}
