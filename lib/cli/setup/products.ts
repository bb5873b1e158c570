/** Which VPN product an image holds, by the name and description that its maker gave it. Pure. */

export interface Product {
  readonly name: string;
  /** What its daemon answers by default; null: it forwards without a VPN daemon. */
  readonly clause: string | null;
}

/** Makers keep the beginning of a name through releases; the rest is version and product code. First match wins. */
const PRODUCTS: readonly (readonly [RegExp, Product])[] = [
  [/\bamzn-ami-vpc-nat\b|\bfck-nat\b|\balternat\b/, { name: 'NAT instance', clause: null }],
  [/openvpn|pritunl/, { name: 'OpenVPN', clause: 'openvpn:1194' }],
  [/\bforti(gate|os)/, { name: 'FortiGate', clause: 'ike:500' }],
  [/\bpa-vm\b|palo ?alto/, { name: 'Palo Alto VM-Series', clause: 'ike:500' }],
  [/\bcisco[ -_]?(csr|c8k|asav|ftdv)|catalyst ?8000v/, { name: 'Cisco', clause: 'ike:500' }],
  [/\bvyos\b/, { name: 'VyOS', clause: 'ike:500' }],
  [/\bpfsense|\btnsr\b|\bopnsense/, { name: 'pfSense, TNSR or OPNsense', clause: 'ike:500' }],
  [/check ?point|cloudguard/, { name: 'Check Point', clause: 'ike:500' }],
  [/\b(junos-|media-)?vsrx/, { name: 'Juniper vSRX', clause: 'ike:500' }],
  [/\bsophos|^asg-/, { name: 'Sophos', clause: 'ike:500' }],
  [/\bsonicwall|\bsonicosx?\b/, { name: 'SonicWall', clause: 'ike:500' }],
  [/\bcudangfirewall|\bbarracuda/, { name: 'Barracuda', clause: 'ike:500' }],
  [/\bmikrotik|\brouteros\b/, { name: 'MikroTik', clause: 'ike:500' }],
  [/\b(strong|libre|open)swan\b/, { name: 'IPsec', clause: 'ike:500' }],
];

/** `text`: name and description of the image. Null: an image that says nothing of it, such as a plain Linux. */
export function productOf(text: string): Product | null {
  const found = PRODUCTS.find(([pattern]) => pattern.test(text.toLowerCase()));
  return found === undefined ? null : found[1];
}
