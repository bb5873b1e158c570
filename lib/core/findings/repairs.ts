/** Findings of the repair ladder. */

import type { FindingEntry } from './entry.ts';

export const REPAIR_FINDINGS = {
  RepairUnderway: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Repair in progress',
    meaning:
      'The appliance is down, its routes lead elsewhere, and the steps of its repair ladder (tag `vpn-medic:repair`) are running. The notification says what was tried, with which result, and in three lines what console, status checks and network show.',
    confirm:
      '`vpn-medic check` shows it down; the `Evidence:` lines of the notification are from the machine itself.',
    action:
      'Nothing. The next step follows by itself when this one does not help. Remove the tag `vpn-medic:repair` to stop it; a machine that was stopped is started again all the same.',
  },
  RepairHeld: {
    subjects: ['appliance'],
    severities: ['warning', 'info'],
    title: 'Repair held',
    meaning: `A repair is due and a limit holds it: the notification names the limit and, where it is known, until when.
- \`carrying routes\`: routes still lead through it. See why they cannot move; only its own client pool does not count.
- \`last of its group\`: no other member of the group is proven healthy, so the fault may be in the probes.
- \`one of a group\`, \`share of the fleet\`: others are being repaired; at most a fifth of all appliances (rounded up) at once.
- \`one ladder an hour\`, \`three ladders a day\`: it fails again and again. Find out why before it is repaired once more.
- \`boot grace\`: it was started less than five minutes ago or rebooted less than ten, or its status checks are still initializing (half an hour at most).
- \`start budget\`: two machines that were stopped are being started; EC2 takes few starts at once.
- \`sight\`, \`mass failure\`: what is known is not enough to act on.
- \`maintenance window\`, \`mode observe\`: an operator asked for it.`,
    action:
      'By hand, without the hourly and daily limits but under every other one: `vpn-medic repair INSTANCE --step STEP`.',
  },
  RepairSpent: {
    subjects: ['appliance'],
    severities: ['critical'],
    title: 'Every repair step tried',
    meaning:
      'Every step that the owner allows was tried and the appliance is still down. The notification lists each with its result. After an hour the ladder may run again, three times a day at most, without another page.',
    confirm:
      '`vpn-medic check`; the console output (`aws ec2 get-console-output --latest --instance-id INSTANCE`).',
    action:
      'Log in and look, or replace the instance. The notification says when a machine could not be started again after its stop: start it by hand.',
  },
  RepairStartFailing: {
    subjects: ['appliance'],
    severities: ['critical'],
    title: 'Machine that a repair stopped does not start',
    meaning:
      "A repair stopped the machine to start it on another host, and EC2 does not start it. The notification has EC2's reason: no capacity in the zone (`InsufficientInstanceCapacity`), a limit of the account, or, with `Client.InternalError`, a volume whose KMS key cannot be used. The start is tried again at growing intervals, every 15 minutes at most, for a day.",
    confirm:
      '`aws ec2 describe-instances --instance-ids INSTANCE --query "Reservations[].Instances[].[State.Name,StateReason,StateTransitionReason]"`.',
    action:
      'Capacity comes back, often within an hour; another instance type is quicker (`aws ec2 modify-instance-attribute`, then start it). For a KMS key: see that it is enabled and that its policy lets the repair role create grants for EC2 (parameter `repairKmsKeyArns`).',
    hint: "Nothing, if the reason is capacity and the group has another member; else remove EC2's reason and start it.",
  },
  HostKeyUnproven: {
    subjects: ['appliance'],
    severities: ['critical'],
    title: 'SSH host key not proven',
    meaning:
      "The SSH host key that answered at the appliance's address is not the one in the tag `vpn-medic:host-key`, and not in the console output either. Nothing was sent to that host; the service was not restarted.",
    confirm: 'On its console, `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`.',
    action:
      'If the machine was rebuilt, write the new fingerprint in the tag. If it was not, something else answers at its address: find out what.',
    hint: 'Compare with "ssh-keygen -lf" on its console; if the key is right, write it in the tag vpn-medic:host-key.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
