# shellcheck shell=bash
# Source packages from wherever this machine gets its binary packages, without a change to its configuration and without
# root: the machine's own package sources, turned from binary to source, in an apt state directory inside the cache.

readonly APT_STATE=$CACHE/apt DOWNLOADS=$CACHE/downloads

# Runs apt-get or apt-cache on the private state.
private_apt() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  # The sandbox user could not write into a directory of ours.
  "$program" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$APT_STATE/sources" \
    -o Dir::State::lists="$APT_STATE/lists" -o Dir::Cache="$APT_STATE/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

# Turns one-line entries (deb ...) and deb822 stanzas (Types: deb) into their source counterparts.
derive_source_entries() {
  local file
  rm -rf "$APT_STATE/sources" && mkdir -p "$APT_STATE"/{sources,lists/partial,cache/archives/partial} || return
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ ! -f $file ]] || sed -nE 's/^[[:space:]]*deb(-src)?[[:space:]]+/deb-src /p' "$file"
  done | sort -u >"$APT_STATE/sources/machine.list"
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ ! -f $file ]] || sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$APT_STATE/sources/$(basename -- "$file")"
  done
}

# A package source that offers no source packages makes the update fail as a whole; what counts is whether the download
# that follows succeeds.
update_source_lists() {
  derive_source_entries || return
  private_apt apt-get -q update || echo "apt-get update reported errors; going on with the lists there are"
}

# The versions worth trying, best first: the wanted one, then (mirrors lose files of superseded versions, and security
# updates) every other one with the same upstream version. Without a wanted version: all, the newest first.
candidate_versions() { # PACKAGE WANTED
  printf '%s' "${2:+$2$'\n'}"
  private_apt apt-cache showsrc --only-source "$1" | awk -v wanted="${2%-*}" '
    $1 == "Version:" { upstream = $2; sub(/-[^-]*$/, "", upstream); if (wanted == "" || upstream == wanted) print $2 }
  ' | sort -rV
}

# unpack_source PACKAGE WANTED DIRECTORY: downloads (checked against the machine's package keys) and unpacks.
unpack_source() {
  local package=$1 wanted=$2 directory=$3 version
  mkdir -p "$DOWNLOADS" && cd "$DOWNLOADS" || return
  while read -r version; do
    if private_apt apt-get -q --download-only --only-source source "$package=$version"; then
      dpkg-source --no-check -x "${package}_${version#*:}.dsc" "$directory"
      return
    fi
  done < <(candidate_versions "$package" "$wanted")
  echo "no version of the source package $package could be downloaded; how the package lists fared stands above in this log"
  return 1
}
