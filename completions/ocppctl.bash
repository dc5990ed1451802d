__ocppctl_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__ocppctl_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__ocppctl_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__ocppctl_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_ocppctl() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=(--config)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--config')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    serve|send|watch|stations|dashboard|tags|decode|export-sessions|export-meter-values|simulate|passwords|provision-dojot|publish-dojot|history-dojot|check|config|help)
        # Offer subcommand argument completions
        "_ocppctl_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'serve send watch stations dashboard tags decode export-sessions export-meter-values simulate passwords provision-dojot publish-dojot history-dojot check config help' -- "${cur}"))
        ;;
    esac
}

_ocppctl_serve() {
    repeating_flags=()
    non_repeating_flags=(--lenient-passwords --strict --hash-tags --version -h --help)
    repeating_options=(--tls-certificate --tls-key --trust-proxy)
    non_repeating_options=(--listen --security-profile --passwords --tls-client-ca --tls-client-organization --tls-client-map --sign-certificate-command --path --store --control --accept --boot --before-boot --heartbeat-interval --ping-interval --tags --unknown-tags --concurrent-transactions --action-case --quirks --keep-frames --keep-outbox --min-free --max-frame-bytes --max-backlog-bytes --max-messages --max-bytes --max-handshakes --max-failures --max-connections --max-pending --handshake-timeout --message-timeout --max-json-depth --dojot --http --records --input)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--listen')
        return
        ;;
    '--security-profile')
        __ocppctl_add_completions -W '0'$'\n''1'$'\n''2'$'\n''3'
        return
        ;;
    '--passwords')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-certificate')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-key')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-client-ca')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-client-organization')
        return
        ;;
    '--tls-client-map')
        __ocppctl_add_completions -f
        return
        ;;
    '--sign-certificate-command')
        return
        ;;
    '--trust-proxy')
        return
        ;;
    '--path')
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--accept')
        __ocppctl_add_completions -W 'any'$'\n''known'
        return
        ;;
    '--boot')
        __ocppctl_add_completions -W 'accepted'$'\n''pending'$'\n''rejected'
        return
        ;;
    '--before-boot')
        __ocppctl_add_completions -W 'answer'$'\n''refuse'
        return
        ;;
    '--heartbeat-interval')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--tags')
        __ocppctl_add_completions -f
        return
        ;;
    '--unknown-tags')
        __ocppctl_add_completions -W 'accept'$'\n''invalid'
        return
        ;;
    '--concurrent-transactions')
        __ocppctl_add_completions -W 'accept'$'\n''refuse'
        return
        ;;
    '--action-case')
        __ocppctl_add_completions -W 'exact'$'\n''any'
        return
        ;;
    '--quirks')
        __ocppctl_add_completions -f
        return
        ;;
    '--keep-frames')
        return
        ;;
    '--keep-outbox')
        return
        ;;
    '--min-free')
        return
        ;;
    '--max-frame-bytes')
        return
        ;;
    '--max-backlog-bytes')
        return
        ;;
    '--max-messages')
        return
        ;;
    '--max-bytes')
        return
        ;;
    '--max-handshakes')
        return
        ;;
    '--max-failures')
        return
        ;;
    '--max-connections')
        return
        ;;
    '--max-pending')
        return
        ;;
    '--handshake-timeout')
        return
        ;;
    '--message-timeout')
        return
        ;;
    '--max-json-depth')
        return
        ;;
    '--dojot')
        __ocppctl_add_completions -f
        return
        ;;
    '--http')
        return
        ;;
    '--records')
        __ocppctl_add_completions -W 'all'$'\n''frames'$'\n''sessions'$'\n''connections'$'\n''none'
        return
        ;;
    '--input')
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_send() {
    repeating_flags=()
    non_repeating_flags=(--all --no-validate --version -h --help)
    repeating_options=()
    non_repeating_options=(--control --payload --input --timeout --parallel --until --raw)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--payload')
        return
        ;;
    '--input')
        __ocppctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--parallel')
        return
        ;;
    '--until')
        return
        ;;
    '--raw')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion send -- positional@0 "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_ocppctl_watch() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=(--charge-point --action)
    non_repeating_options=(--control --records --connector --format)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--charge-point')
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion watch -- --charge-point "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    '--records')
        __ocppctl_add_completions -W 'all'$'\n''frames'$'\n''sessions'$'\n''connections'$'\n''commands'
        return
        ;;
    '--action')
        __ocppctl_add_completions -W 'Authorize'$'\n''BootNotification'$'\n''ChangeAvailability'$'\n''ChangeConfiguration'$'\n''ClearCache'$'\n''DataTransfer'$'\n''GetConfiguration'$'\n''Heartbeat'$'\n''MeterValues'$'\n''RemoteStartTransaction'$'\n''RemoteStopTransaction'$'\n''Reset'$'\n''StartTransaction'$'\n''StatusNotification'$'\n''StopTransaction'$'\n''UnlockConnector'$'\n''DiagnosticsStatusNotification'$'\n''FirmwareStatusNotification'$'\n''GetDiagnostics'$'\n''UpdateFirmware'$'\n''GetLocalListVersion'$'\n''SendLocalList'$'\n''CancelReservation'$'\n''ReserveNow'$'\n''ClearChargingProfile'$'\n''GetCompositeSchedule'$'\n''SetChargingProfile'$'\n''TriggerMessage'$'\n''CertificateSigned'$'\n''DeleteCertificate'$'\n''ExtendedTriggerMessage'$'\n''GetInstalledCertificateIds'$'\n''GetLog'$'\n''InstallCertificate'$'\n''LogStatusNotification'$'\n''SecurityEventNotification'$'\n''SignCertificate'$'\n''SignedFirmwareStatusNotification'$'\n''SignedUpdateFirmware'
        return
        ;;
    '--connector')
        return
        ;;
    '--format')
        __ocppctl_add_completions -W 'jsonl'$'\n''text'
        return
        ;;
    esac
}

_ocppctl_stations() {
    repeating_flags=()
    non_repeating_flags=(--online --version -h --help)
    repeating_options=(--charge-point)
    non_repeating_options=(--control --store --format)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--charge-point')
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion stations -- --charge-point "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    '--format')
        __ocppctl_add_completions -W 'jsonl'$'\n''text'
        return
        ;;
    esac
}

_ocppctl_dashboard() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=(--server-name)
    non_repeating_options=(--listen --control --store --page-password-file --tls-certificate --tls-key --dojot --url --user --password-file --dojot-interval)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--listen')
        return
        ;;
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--page-password-file')
        return
        ;;
    '--tls-certificate')
        return
        ;;
    '--tls-key')
        return
        ;;
    '--server-name')
        return
        ;;
    '--dojot')
        return
        ;;
    '--url')
        return
        ;;
    '--user')
        return
        ;;
    '--password-file')
        __ocppctl_add_completions -f
        return
        ;;
    '--dojot-interval')
        return
        ;;
    esac
}

_ocppctl_tags() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __ocppctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|import|add|block|expire|remove|push)
        # Offer subcommand argument completions
        "_ocppctl_tags_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list import add block expire remove push' -- "${cur}"))
        ;;
    esac
}

_ocppctl_tags_list() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_tags_import() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_tags_add() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store --status --parent --expires)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--status')
        return
        ;;
    '--parent')
        __ocppctl_add_completions -W ''
        return
        ;;
    '--expires')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W ''
        return
        ;;
    esac
}

_ocppctl_tags_block() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W ''
        return
        ;;
    esac
}

_ocppctl_tags_expire() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store --at)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--at')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W ''
        return
        ;;
    esac
}

_ocppctl_tags_remove() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W ''
        return
        ;;
    esac
}

_ocppctl_tags_push() {
    repeating_flags=()
    non_repeating_flags=(--all --full --version -h --help)
    repeating_options=()
    non_repeating_options=(--control --store --timeout)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion tags push -- positional@0 "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_ocppctl_decode() {
    repeating_flags=()
    non_repeating_flags=(--strict --summary --findings --derive-quirks --line-buffered --version -h --help)
    repeating_options=()
    non_repeating_options=(--charge-point --perspective --timezone --date --quirks --format --color)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--charge-point')
        return
        ;;
    '--perspective')
        __ocppctl_add_completions -W 'central-system'$'\n''charge-point'
        return
        ;;
    '--timezone')
        return
        ;;
    '--date')
        return
        ;;
    '--quirks')
        __ocppctl_add_completions -f
        return
        ;;
    '--format')
        __ocppctl_add_completions -W 'jsonl'$'\n''text'
        return
        ;;
    '--color')
        __ocppctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_export-sessions() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=(--charge-point)
    non_repeating_options=(--store --since --until --timezone --quirks --format --columns --dialect --by --cursor --output)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--charge-point')
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion export-sessions -- --charge-point "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    '--timezone')
        return
        ;;
    '--quirks')
        __ocppctl_add_completions -f
        return
        ;;
    '--format')
        __ocppctl_add_completions -W 'csv'$'\n''jsonl'
        return
        ;;
    '--columns')
        return
        ;;
    '--dialect')
        __ocppctl_add_completions -W 'rfc4180'$'\n''excel-pt-BR'
        return
        ;;
    '--by')
        __ocppctl_add_completions -W 'day'$'\n''charge-point'$'\n''idTag'
        return
        ;;
    '--cursor')
        __ocppctl_add_completions -f
        return
        ;;
    '--output')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_export-meter-values() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=(--charge-point)
    non_repeating_options=(--store --since --until --timezone --quirks --format --columns --dialect --cursor --output)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--charge-point')
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion export-meter-values -- --charge-point "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    '--timezone')
        return
        ;;
    '--quirks')
        __ocppctl_add_completions -f
        return
        ;;
    '--format')
        __ocppctl_add_completions -W 'csv'$'\n''jsonl'
        return
        ;;
    '--columns')
        return
        ;;
    '--dialect')
        __ocppctl_add_completions -W 'rfc4180'$'\n''excel-pt-BR'
        return
        ;;
    '--cursor')
        __ocppctl_add_completions -f
        return
        ;;
    '--output')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_simulate() {
    repeating_flags=()
    non_repeating_flags=(--load --quiet --version -h --help)
    repeating_options=(--session --call --fail)
    non_repeating_options=(--url --id --password-file --tls-ca --tls-certificate --tls-key --model --speed --count --id-pattern --message --rate --duration --ramp --connect-timeout --records)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--url')
        return
        ;;
    '--id')
        return
        ;;
    '--password-file')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-ca')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-certificate')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-key')
        __ocppctl_add_completions -f
        return
        ;;
    '--model')
        return
        ;;
    '--session')
        return
        ;;
    '--call')
        return
        ;;
    '--fail')
        __ocppctl_add_completions -W 'DownloadFailed'$'\n''InstallationFailed'$'\n''InvalidSignature'$'\n''InstallVerificationFailed'$'\n''UploadFailed'$'\n''UploadFailure'$'\n''PermissionDenied'$'\n''BadMessage'$'\n''NotSupportedOperation'
        return
        ;;
    '--speed')
        return
        ;;
    '--count')
        return
        ;;
    '--id-pattern')
        return
        ;;
    '--message')
        __ocppctl_add_completions -W 'heartbeat'$'\n''meter-values'$'\n''session'
        return
        ;;
    '--rate')
        return
        ;;
    '--duration')
        return
        ;;
    '--ramp')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--records')
        __ocppctl_add_completions -W 'frames'$'\n''none'
        return
        ;;
    esac
}

_ocppctl_passwords() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __ocppctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    set|remove|list)
        # Offer subcommand argument completions
        "_ocppctl_passwords_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'set remove list' -- "${cur}"))
        ;;
    esac
}

_ocppctl_passwords_set() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--passwords --password-file)
    __ocppctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--passwords')
        __ocppctl_add_completions -f
        return
        ;;
    '--password-file')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion passwords set -- positional@0 "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_ocppctl_passwords_remove() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--passwords)
    __ocppctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--passwords')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion passwords remove -- positional@0 "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_ocppctl_passwords_list() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--passwords)
    __ocppctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--passwords')
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_provision-dojot() {
    repeating_flags=()
    non_repeating_flags=(--prune --verify --dry-run --version -h --help)
    repeating_options=()
    non_repeating_options=(--url --user --password-file --template --connectors --map --certificates --verify-timeout --output-map --mqtt --mqtt-version --store)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--url')
        return
        ;;
    '--user')
        return
        ;;
    '--password-file')
        __ocppctl_add_completions -f
        return
        ;;
    '--template')
        return
        ;;
    '--connectors')
        return
        ;;
    '--map')
        __ocppctl_add_completions -f
        return
        ;;
    '--certificates')
        __ocppctl_add_completions -d
        return
        ;;
    '--verify-timeout')
        return
        ;;
    '--output-map')
        __ocppctl_add_completions -f
        return
        ;;
    '--mqtt')
        return
        ;;
    '--mqtt-version')
        __ocppctl_add_completions -W 'v0.4'$'\n''v0.5'
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_publish-dojot() {
    repeating_flags=()
    non_repeating_flags=(--hash-tags --dry-run --replay --version -h --help)
    repeating_options=()
    non_repeating_options=(--dojot --mqtt-version --charge-point --perspective --timezone --date --quirks --timeout --since --until --store)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--dojot')
        __ocppctl_add_completions -f
        return
        ;;
    '--mqtt-version')
        __ocppctl_add_completions -W 'v0.4'$'\n''v0.5'
        return
        ;;
    '--charge-point')
        return
        ;;
    '--perspective')
        __ocppctl_add_completions -W 'central-system'$'\n''charge-point'
        return
        ;;
    '--timezone')
        return
        ;;
    '--date')
        return
        ;;
    '--quirks')
        __ocppctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--store')
        __ocppctl_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -f
        return
        ;;
    esac
}

_ocppctl_history-dojot() {
    repeating_flags=()
    non_repeating_flags=(--follow --subscribe --version -h --help)
    repeating_options=(--attribute)
    non_repeating_options=(--url --user --password-file --dojot --mqtt-version --since --until --records --mqtt-user)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--url')
        return
        ;;
    '--user')
        return
        ;;
    '--password-file')
        __ocppctl_add_completions -f
        return
        ;;
    '--dojot')
        __ocppctl_add_completions -f
        return
        ;;
    '--mqtt-version')
        __ocppctl_add_completions -W 'v0.4'$'\n''v0.5'
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--records')
        __ocppctl_add_completions -W 'all'$'\n''sessions'$'\n''meter-values'$'\n''history'
        return
        ;;
    '--attribute')
        return
        ;;
    '--mqtt-user')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion history-dojot -- positional@0 "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_ocppctl_check() {
    repeating_flags=()
    non_repeating_flags=(--restart --version -h --help)
    repeating_options=()
    non_repeating_options=(--control --url --id --password-file --tls-ca --tls-certificate --tls-key --timeout --format)
    __ocppctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--control')
        __ocppctl_add_completions -f
        return
        ;;
    '--url')
        return
        ;;
    '--id')
        return
        ;;
    '--password-file')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-ca')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-certificate')
        __ocppctl_add_completions -f
        return
        ;;
    '--tls-key')
        __ocppctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--format')
        __ocppctl_add_completions -W 'jsonl'$'\n''text'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __ocppctl_add_completions -W "$(__ocppctl_custom_complete ---completion check -- positional@0 "${COMP_CWORD}" "$(__ocppctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_ocppctl_config() {
    repeating_flags=()
    non_repeating_flags=(--changed --version -h --help)
    repeating_options=()
    non_repeating_options=(--format)
    __ocppctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--format')
        __ocppctl_add_completions -W 'jsonl'$'\n''text'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __ocppctl_add_completions -W 'serve'$'\n''send'$'\n''watch'$'\n''stations'$'\n''dashboard'$'\n''tags'$'\n''decode'$'\n''export-sessions'$'\n''export-meter-values'$'\n''simulate'$'\n''passwords'$'\n''provision-dojot'$'\n''publish-dojot'$'\n''history-dojot'$'\n''check'$'\n''config'
        return
        ;;
    esac
}

_ocppctl_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __ocppctl_offer_flags_options -1
}

complete -o filenames -F _ocppctl ocppctl
