/** Examples for the help of every command. */
import type { Command } from 'commander';

/** By the command's words. A test asks that each command has one. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  rehearse: [
    'rehearse',
    'rehearse --fail zone:a',
    'rehearse --every --capture account.jsonl --html failures.html',
    'rehearse --serve',
  ],
  setup: ['setup', 'setup --format terraform', 'setup --apply'],
  capture: [
    'capture --out account.jsonl',
    'capture --region eu-west-1 --anonymise --out shared.jsonl',
    'capture --every 60s --for 30m --out incident.jsonl',
  ],
  replay: ['replay capture.jsonl', 'replay before.jsonl after.jsonl --json'],
  check: [
    'check',
    'check --vantages --stage prod',
    'check --watch 5',
    'check --capture account.jsonl',
  ],
  plan: [
    'plan',
    'plan --fail instance:vpn-a',
    'plan --fail zone:eu-west-1a --capture account.jsonl',
  ],
  deploy: [
    'deploy --param alertEmail=oncall@example.com mode=observe',
    'deploy --stage trial --bucket my-artifacts --yes',
  ],
  remove: ['remove', 'remove --stage trial --yes'],
  template: ['template --out vpn-medic-template'],
  doctor: ['doctor', 'doctor --stage prod --json'],
  map: ['map > map.html', 'map --capture account.jsonl --theme dark > map.html'],
  cost: ['cost', 'cost --capture account.jsonl', 'cost --appliances 10 --connections 20'],
  completion: [
    'completion bash > ~/.local/share/bash-completion/completions/vpn-medic',
    'completion fish > ~/.config/fish/completions/vpn-medic.fish',
  ],
  incidents: ['incidents', 'incidents --all --json'],
  explain: ['explain ApplianceDown', 'explain i-0a1b2c3d4e5f60001/ApplianceDown --nth 2'],
  ack: ['ack i-0a1b2c3d4e5f60001/ApplianceDown --why "on it"', 'ack hq'],
  pin: ['pin', 'pin hq --to vpn-b --for 2h --why "line a is noisy"'],
  unpin: ['unpin hq', 'unpin --all --yes'],
  failback: ['failback hq --why "tested the tunnels"', 'failback'],
  drill: ['drill', 'drill hq --for 10m', 'drill hq --cancel'],
  drain: ['drain', 'drain vpn-b --for 1h --why "kernel update"', 'drain vpn-b --cancel'],
  admit: ['admit', 'admit vpn-c --why "new spare"', 'admit i-0a1b2c3d4e5f60003 --revoke'],
  repair: ['repair vpn-a --step reboot --dry-run', 'repair vpn-a --step restart-service'],
  undo: ['undo i-0a1b2c3d4e5f60001/ApplianceDown --for 1h --why "CHG-1234"'],
  pause: ['pause --for 1h --why "CHG-1234"'],
  resume: ['resume --why "CHG-1234 is done"'],
  'state export': ['state export --out state.json'],
  'state import': ['state import state.json --why "new account"'],
  'maintenance start': ['maintenance start hq --for 2h --why "new image"'],
  'maintenance stop': ['maintenance stop hq', 'maintenance stop --all'],
  'maintenance list': ['maintenance list --json'],
  'crl check': ['crl check ca.crl --issuer ca.pem', 'crl check http://crl.example.com/ca.crl'],
  'crl allow': ['crl allow ca.crl --for 1h --why "clean-up of the CA"'],
  'crl import': [
    'crl import ca.crl cvpn-endpoint-0a1b2c3d --issuer ca.pem',
    'crl import ca.crl staff --issuer ca.pem',
  ],
  'crl forget': ['crl forget ca.crl --why "uploaded under the wrong name"'],
};

export function addExamples(program: Command, words: readonly string[] = []): void {
  for (const command of program.commands) {
    const own = [...words, command.name()];
    const examples = EXAMPLES[own.join(' ')];
    if (examples !== undefined) {
      const lines = examples.map((example) => `  vpn-medic ${example}`);
      command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
    }
    addExamples(command, own);
  }
}
