#!/bin/sh
# Prints all that decides where a packet goes on this node, for `svclab explain --dump` and `svclab lint --dump`:
# rules, sets, addresses, routes and the net sysctls, each under a line "### COMMAND".
# It only reads, makes no file, and needs nothing but a POSIX shell. Keys and secrets among the sysctls are left out.
# As root: svclab collect | ssh node sudo sh > node.dump

set -u

# note TEXT...: comment lines, which every reader of the dump passes over.
note() {
  printf '%s\n' "$*" | while IFS= read -r line; do
    if [ -n "$line" ]; then printf '# %s\n' "$line"; fi
  done
}

# section COMMAND...: its output under its heading. What it says on stderr becomes a comment.
section() {
  printf '### %s\n' "$*"
  if ! command -v "$1" >/dev/null 2>&1; then
    note "not available: $1 is not installed"
    return
  fi
  said=$("$@" 2>&1 >&3 3>&- </dev/null)
  status=$?
  if [ "$status" -ne 0 ]; then
    note "not available: ${said:-exit status $status}"
  else
    note "$said"
  fi
}

# Sysctls of the network, by sysctl(8) or out of /proc. The kernel gives numbers to one read only, so not to the shell's.
all_sysctls() {
  if command -v sysctl >/dev/null 2>&1; then
    sysctl -a 2>/dev/null
  else
    find /proc/sys/net -type f ! -name '*_key' ! -name '*secret*' -exec grep -s '' /dev/null {} + 2>/dev/null |
      sed 'h;s/:.*//;s|^/proc/sys/||;y|./|/.|;G;s|\n[^:]*:| = |'
  fi
}

sysctls() {
  printf '### sysctl -a\n'
  all_sysctls </dev/null | sed -n '/^net\./{/_key/d;/secret/d;p;}'
}

# The kind of iptables that is not the default one may hold rules as well; asking legacy iptables is safe only when the
# kernel has its tables already.
other_iptables() {
  case $(iptables-save --version 2>/dev/null </dev/null) in
  *nf_tables*)
    for family in ip ip6; do
      names=$(cat "/proc/net/${family}_tables_names" 2>/dev/null)
      if [ -n "$names" ]; then section "${family}tables-legacy-save"; fi
    done
    ;;
  *legacy*)
    if ! command -v nft >/dev/null 2>&1 && command -v iptables-nft-save >/dev/null 2>&1; then
      section iptables-nft-save
      section ip6tables-nft-save
    fi
    ;;
  esac
}

main() {
  LC_ALL=C
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  export LC_ALL PATH
  if [ "$(id -u)" -ne 0 ]; then
    echo 'collect: not root; rules will be missing from the dump' >&2
  fi
  exec 3>&1
  note 'Made by svclab collect'
  section uname -sr
  section iptables-save
  section ip6tables-save
  other_iptables
  section nft list ruleset
  section ipset save
  section ipvsadm -Sn
  section ip -o addr show
  section ip -d -o link show
  section ip rule show
  section ip -6 rule show
  section ip route show table all
  section ip -6 route show table all
  section ip neigh show
  section bridge fdb show
  sysctls
}

# The last line: a script that was cut on its way does nothing.
main
