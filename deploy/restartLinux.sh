# Run by the Systems Manager agent, as root: restarts one systemd service, and prints its state before and after;
# or prints it once, and changes nothing.
# The values match the patterns of deploy/repairDocuments.cjs: they hold no quote, space, slash or backslash.
# A line of a command's output begins with "|", so that no output can pass for one of ours, "# WHEN WHAT EXIT-CODE".
service='{{ service }}'
peer='{{ peer }}'
work='{{ work }}'
unit="$service.service"
name=$(echo "$service" | cut -s -d @ -f 2-)

report() {
  what=$1
  seconds=$2
  shift 2
  {
    timeout "$seconds" "$@" 2>&1 </dev/null
    printf '\n%s\n' "$?"
  } | tail -c 4000 | sed -e '$!s/^/|/' -e "\$s/^/# $what /"
}

look() {
  report "$1 state" 3 systemctl is-active "$unit"
  case "$service" in
  strongswan* | ipsec* | charon*) report "$1 tunnels" 3 swanctl --list-sas ;;
  # A name that systemd would unescape is not asked about.
  *@*[!A-Za-z0-9_.-]*) ;;
  openvpn-server@*) report "$1 tunnels" 3 cat "/run/openvpn-server/status-$name.log" ;;
  openvpn@*) report "$1 tunnels" 3 cat "/run/openvpn/$name.status" ;;
  wg-quick@*) report "$1 tunnels" 3 wg show "$name" latest-handshakes ;;
  esac
  [ "$peer" = none ] || report "$1 ping" 3 ping -n -c 2 -i 0.5 -W 1 "$peer"
}

look before
[ "$work" = restart ] || exit 0
report 'the restart' 20 systemctl restart "$unit"
look after
