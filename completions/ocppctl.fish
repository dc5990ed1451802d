function __ocppctl_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __ocppctl_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __ocppctl_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __ocppctl_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __ocppctl_parse_tokens -S
    set -l unparsed_tokens (__ocppctl_tokens -pc)
    switch $unparsed_tokens[1]
    case 'ocppctl'
        __ocppctl_parse_subcommand 0 'config=' 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'serve'
            __ocppctl_parse_subcommand 0 'listen=' 'security-profile=' 'passwords=' 'lenient-passwords' 'tls-certificate=+' 'tls-key=+' 'tls-client-ca=' 'tls-client-organization=' 'tls-client-map=' 'sign-certificate-command=' 'trust-proxy=+' 'path=' 'store=' 'control=' 'accept=' 'boot=' 'before-boot=' 'heartbeat-interval=' 'ping-interval=' 'tags=' 'unknown-tags=' 'concurrent-transactions=' 'action-case=' 'strict' 'quirks=' 'keep-frames=' 'keep-outbox=' 'min-free=' 'max-frame-bytes=' 'max-backlog-bytes=' 'max-messages=' 'max-bytes=' 'max-handshakes=' 'max-failures=' 'max-connections=' 'max-pending=' 'handshake-timeout=' 'message-timeout=' 'max-json-depth=' 'dojot=' 'hash-tags' 'http=' 'records=' 'input=' 'version' 'h/help'
        case 'send'
            __ocppctl_parse_subcommand -r 1 'control=' 'all' 'payload=' 'input=' 'timeout=' 'parallel=' 'no-validate' 'until=' 'raw=' 'version' 'h/help'
        case 'watch'
            __ocppctl_parse_subcommand 0 'control=' 'charge-point=+' 'records=' 'action=+' 'connector=' 'format=' 'version' 'h/help'
        case 'stations'
            __ocppctl_parse_subcommand 0 'control=' 'store=' 'charge-point=+' 'online' 'format=' 'version' 'h/help'
        case 'dashboard'
            __ocppctl_parse_subcommand 0 'listen=' 'control=' 'store=' 'page-password-file=' 'tls-certificate=' 'tls-key=' 'server-name=+' 'dojot=' 'url=' 'user=' 'password-file=' 'dojot-interval=' 'version' 'h/help'
        case 'tags'
            __ocppctl_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'list'
                __ocppctl_parse_subcommand 0 'control=' 'store=' 'version' 'h/help'
            case 'import'
                __ocppctl_parse_subcommand -r 1 'control=' 'store=' 'version' 'h/help'
            case 'add'
                __ocppctl_parse_subcommand -r 1 'control=' 'store=' 'status=' 'parent=' 'expires=' 'version' 'h/help'
            case 'block'
                __ocppctl_parse_subcommand -r 1 'control=' 'store=' 'version' 'h/help'
            case 'expire'
                __ocppctl_parse_subcommand -r 1 'control=' 'store=' 'at=' 'version' 'h/help'
            case 'remove'
                __ocppctl_parse_subcommand -r 1 'control=' 'store=' 'version' 'h/help'
            case 'push'
                __ocppctl_parse_subcommand -r 1 'control=' 'store=' 'all' 'full' 'timeout=' 'version' 'h/help'
            end
        case 'decode'
            __ocppctl_parse_subcommand -r 1 'charge-point=' 'perspective=' 'timezone=' 'date=' 'quirks=' 'strict' 'format=' 'summary' 'findings' 'color=' 'derive-quirks' 'line-buffered' 'version' 'h/help'
        case 'export-sessions'
            __ocppctl_parse_subcommand -r 1 'store=' 'since=' 'until=' 'charge-point=+' 'timezone=' 'quirks=' 'format=' 'columns=' 'dialect=' 'by=' 'cursor=' 'output=' 'version' 'h/help'
        case 'export-meter-values'
            __ocppctl_parse_subcommand -r 1 'store=' 'since=' 'until=' 'charge-point=+' 'timezone=' 'quirks=' 'format=' 'columns=' 'dialect=' 'cursor=' 'output=' 'version' 'h/help'
        case 'simulate'
            __ocppctl_parse_subcommand 0 'url=' 'id=' 'password-file=' 'tls-ca=' 'tls-certificate=' 'tls-key=' 'model=' 'session=+' 'call=+' 'fail=+' 'speed=' 'count=' 'id-pattern=' 'load' 'message=' 'rate=' 'duration=' 'ramp=' 'connect-timeout=' 'records=' 'quiet' 'version' 'h/help'
        case 'passwords'
            __ocppctl_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'set'
                __ocppctl_parse_subcommand 1 'passwords=' 'password-file=' 'version' 'h/help'
            case 'remove'
                __ocppctl_parse_subcommand 1 'passwords=' 'version' 'h/help'
            case 'list'
                __ocppctl_parse_subcommand 0 'passwords=' 'version' 'h/help'
            end
        case 'provision-dojot'
            __ocppctl_parse_subcommand -r 1 'url=' 'user=' 'password-file=' 'template=' 'connectors=' 'map=' 'prune' 'certificates=' 'verify' 'verify-timeout=' 'dry-run' 'output-map=' 'mqtt=' 'mqtt-version=' 'store=' 'version' 'h/help'
        case 'publish-dojot'
            __ocppctl_parse_subcommand -r 1 'dojot=' 'mqtt-version=' 'charge-point=' 'perspective=' 'timezone=' 'date=' 'quirks=' 'timeout=' 'hash-tags' 'dry-run' 'replay' 'since=' 'until=' 'store=' 'version' 'h/help'
        case 'history-dojot'
            __ocppctl_parse_subcommand -r 1 'url=' 'user=' 'password-file=' 'dojot=' 'mqtt-version=' 'since=' 'until=' 'records=' 'attribute=+' 'follow' 'subscribe' 'mqtt-user=' 'version' 'h/help'
        case 'check'
            __ocppctl_parse_subcommand 1 'control=' 'url=' 'id=' 'password-file=' 'tls-ca=' 'tls-certificate=' 'tls-key=' 'restart' 'timeout=' 'format=' 'version' 'h/help'
        case 'config'
            __ocppctl_parse_subcommand -r 1 'changed' 'format=' 'version' 'h/help'
        case 'help'
            __ocppctl_parse_subcommand -r 1 'version'
        end
    end
end

function __ocppctl_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __ocppctl_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __ocppctl_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __ocppctl_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__ocppctl_tokens -p)
    if test -z "$(__ocppctl_tokens -t)"
        set -l index (count (__ocppctl_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'ocppctl' -f
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl" config' -l 'config' -d 'Settings for what the command line does not give, as YAML (default: $OCPPCTL_CONFIG, else $XDG_CONFIG_HOME/ocppctl/config.yaml); before or after the subcommand.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'serve' -d 'Run the central system: frames and events go to standard output'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'send' -d 'Send a command to one or many charge points, through the running serve'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'watch' -d 'Follow the records of the running serve, live'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'stations' -d 'List charge points and their connectors, and who is online'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'dashboard' -d 'Serve a web page with the charge points and their sessions, live'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'tags' -d 'Keep the list of idTags that may charge, and push it to charge points'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'decode' -d 'Find OCPP frames in logs and write them as records'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'export-sessions' -d 'Write charging sessions as CSV or JSON lines, from the store, records or logs'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'export-meter-values' -d 'Write single meter samples as CSV or JSON lines, from the store, records or logs'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'simulate' -d 'Be a charge point, or a fleet of them'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'passwords' -d 'Keep the charge points\' passwords, as salted hashes'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'provision-dojot' -d 'Make a template and a device for each charge point in DOJOT'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'publish-dojot' -d 'Publish records or logs to DOJOT by MQTT'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'history-dojot' -d 'Read what DOJOT stored back as records'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'check' -d 'Probe a central system or a charge point, and say what is wrong'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'config' -d 'Show the settings of commands, and where each comes from'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" listen' -l 'listen' -d 'Where charge points connect; port 0 takes a free one.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" security-profile' -l 'security-profile' -d '0 nothing, 1 passwords, 2 passwords and TLS, 3 client certificates. 0 must be said beyond loopback.' -rfka '0 1 2 3'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" passwords' -l 'passwords' -d 'The passwords\' file of profiles 1 and 2; \'ocppctl passwords\' writes it.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" lenient-passwords' -l 'lenient-passwords' -d 'Take an AuthorizationKey as hexadecimal text too, and passwords that are no keys.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve"' -l 'tls-certificate' -d 'The server\'s certificate chain, PEM; twice for one with an RSA and one with an ECDSA key.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve"' -l 'tls-key' -d 'The private key of each certificate, PEM, in the same order.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" tls-client-ca' -l 'tls-client-ca' -d 'Profile 3: who signs the charge points\' certificates, PEM.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" tls-client-organization' -l 'tls-client-organization' -d 'Profile 3: the organization (O) that client certificates must have.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" tls-client-map' -l 'tls-client-map' -d 'Profile 3: lines with a certificate\'s common name or serial number, and the identity. Without it the common name is the identity.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" sign-certificate-command' -l 'sign-certificate-command' -d 'Signs what SignCertificate brings: the request on its standard input, the chain on its standard output.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve"' -l 'trust-proxy' -d 'A proxy whose X-Forwarded-For tells the charge point\'s address; repeatable.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" path' -l 'path' -d 'What stands before the charge point\'s identity in the URL.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" accept' -l 'accept' -d 'Which charge points may connect: any, or those that booted here before or are in the DOJOT map.' -rfka 'any known'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" boot' -l 'boot' -d 'The answer to a BootNotification.' -rfka 'accepted pending rejected'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" before-boot' -l 'before-boot' -d 'What a message before an accepted BootNotification gets.' -rfka 'answer refuse'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" heartbeat-interval' -l 'heartbeat-interval' -d 'Seconds between heartbeats, or until the next boot that was not accepted.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" ping-interval' -l 'ping-interval' -d 'How long from ping to ping; a charge point that stays silent for two is offline. 0 for no pings.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" tags' -l 'tags' -d 'Who may charge: a file as \'ocppctl tags import\' takes it, such as one with an idTag a line.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" unknown-tags' -l 'unknown-tags' -d 'What an idTag that is not listed gets (default: accept without a list, invalid with one).' -rfka 'accept invalid'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" concurrent-transactions' -l 'concurrent-transactions' -d 'What a listed idTag gets that is in a transaction already: refuse answers ConcurrentTx.' -rfka 'accept refuse'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" action-case' -l 'action-case' -d 'Whether the case of an action\'s name counts, as the specification says, or heartBeat is Heartbeat, too.' -rfka 'exact any'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" strict' -l 'strict' -d 'Answer violations of the specification with a CALLERROR, and close a client that offers no subprotocol.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" quirks' -l 'quirks' -d 'How the frames of some charge points are to be read: a file of quirk profiles, as \'ocppctl decode --derive-quirks\' writes it.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" keep-frames' -l 'keep-frames' -d 'How long raw frames and commands that have ended are kept: 30d, 12h, 0 for not at all.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" keep-outbox' -l 'keep-outbox' -d 'How long publications are kept after the broker has acknowledged them.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" min-free' -l 'min-free' -d 'What should stay free on the store\'s file system: below it raw frames are not stored, below half of it nothing new is, and charge points are asked to try again; below twice of it that is said. 0 for no care.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-frame-bytes' -l 'max-frame-bytes' -d 'The longest message that is taken: 1MiB, 65536.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-backlog-bytes' -l 'max-backlog-bytes' -d 'What a charge point may leave unread before it is dropped.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-messages' -l 'max-messages' -d 'Messages a second of one charge point; beyond ten seconds of it, it is read more slowly. 0 is no limit.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-bytes' -l 'max-bytes' -d 'Bytes a second of one charge point, in the same way.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-handshakes' -l 'max-handshakes' -d 'Connections a second of one address; ten seconds of it may come at once.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-failures' -l 'max-failures' -d 'Failed authentications a minute of one address as one charge point; 12 times that of one address in all.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-connections' -l 'max-connections' -d 'Charge points at once; 0 is as many as there may be open files.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-pending' -l 'max-pending' -d 'Connections in the middle of their handshake; beyond it the oldest is dropped.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" handshake-timeout' -l 'handshake-timeout' -d 'How long a handshake may take.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" message-timeout' -l 'message-timeout' -d 'How long a message may take from its first byte to its last.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" max-json-depth' -l 'max-json-depth' -d 'Levels of arrays and objects in a message.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" dojot' -l 'dojot' -d 'Publish to DOJOT: the map that \'provision-dojot --output-map\' wrote.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" hash-tags' -l 'hash-tags' -d 'Publish SHA-256 hashes of idTags in place of the idTags.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" http' -l 'http' -d 'Tell Prometheus /metrics here, and probes /healthz and /readyz, by HTTP.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" records' -l 'records' -d 'Which records go to standard output.' -rfka 'all frames sessions connections none'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" input' -l 'input' -d 'Take commands as lines {"chargePointId","action","payload"} from a file, or - for standard input.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl serve" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl send" -ge 1' -fka '(__ocppctl_custom_completion ---completion send -- positional@0 (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" all' -l 'all' -d 'Send to every charge point that is connected.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" payload' -l 'payload' -d 'The payload as JSON, or @FILE to read it from.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" input' -l 'input' -d 'Read commands as lines {"chargePointId","action","payload"} from a file, or - for standard input.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" timeout' -l 'timeout' -d 'How long to wait for each answer, and after it for what --until asks.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" parallel' -l 'parallel' -d 'Charge points that are asked at the same time.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" no-validate' -l 'no-validate' -d 'Send a payload that the action does not allow all the same.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" until' -l 'until' -d 'After an accepted command, wait until the charge point sends such a message.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" raw' -l 'raw' -d 'Send this text as it stands, or that of @FILE, in place of a command.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl send" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch"' -l 'charge-point' -d 'Only this charge point; a pattern with * and ?; repeatable.' -rfka '(__ocppctl_custom_completion ---completion watch -- --charge-point (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch" records' -l 'records' -d 'Which records.' -rfka 'all frames sessions connections commands'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch"' -l 'action' -d 'Only of this action, commands and answers among them; repeatable.' -rfka 'Authorize BootNotification ChangeAvailability ChangeConfiguration ClearCache DataTransfer GetConfiguration Heartbeat MeterValues RemoteStartTransaction RemoteStopTransaction Reset StartTransaction StatusNotification StopTransaction UnlockConnector DiagnosticsStatusNotification FirmwareStatusNotification GetDiagnostics UpdateFirmware GetLocalListVersion SendLocalList CancelReservation ReserveNow ClearChargingProfile GetCompositeSchedule SetChargingProfile TriggerMessage CertificateSigned DeleteCertificate ExtendedTriggerMessage GetInstalledCertificateIds GetLog InstallCertificate LogStatusNotification SecurityEventNotification SignCertificate SignedFirmwareStatusNotification SignedUpdateFirmware'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch" connector' -l 'connector' -d 'Only about this connector.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch" format' -l 'format' -d 'Records, or a table or lines for people.' -rfka 'jsonl text'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl watch" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations"' -l 'charge-point' -d 'Only this charge point; a pattern with * and ?; repeatable.' -rfka '(__ocppctl_custom_completion ---completion stations -- --charge-point (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations" online' -l 'online' -d 'Only those that are connected now.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations" format' -l 'format' -d 'Records, or lines for people.' -rfka 'jsonl text'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl stations" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" listen' -l 'listen' -d 'Where the page is served; port 0 takes a free one.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" page-password-file' -l 'page-password-file' -d 'Browsers have to give the password that is the first line of this file, which only its owner may read.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" tls-certificate' -l 'tls-certificate' -d 'Serve https:// with this certificate chain, PEM.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" tls-key' -l 'tls-key' -d 'The certificate\'s private key, PEM.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard"' -l 'server-name' -d 'A name by which browsers may ask for the page, beside its address; repeatable.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" dojot' -l 'dojot' -d 'Show what DOJOT stored: the map that \'provision-dojot --output-map\' wrote.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" url' -l 'url' -d 'Where DOJOT is.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" user' -l 'user' -d 'The user, whose tenant has the devices.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" password-file' -l 'password-file' -d 'The user\'s password is the first line of this file.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" dojot-interval' -l 'dojot-interval' -d 'How long to wait before DOJOT is asked again what is new.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl dashboard" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'list' -d 'Write the list, a record a tag'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'import' -d 'Add tags from files, or change those that are there'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'add' -d 'Let idTags charge, or change what is known of them'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'block' -d 'Refuse idTags as Blocked'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'expire' -d 'Let idTags expire, now or at a time'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'remove' -d 'Take idTags off the list'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags" -eq 1' -fa 'push' -d 'Give the list to charge points as their local list'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags list" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags list" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags list" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags import" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags import" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags import" -ge 1' -F
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags import" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags import" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags add" -ge 1' -fka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" status' -l 'status' -d 'What the tags are.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" parent' -l 'parent' -d 'The group that they belong to: its idTag.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" expires' -l 'expires' -d 'When they expire: RFC 3339, or a date.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags block" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags block" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags block" -ge 1' -fka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags block" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags block" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags expire" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags expire" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags expire" -ge 1' -fka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags expire" at' -l 'at' -d 'When: RFC 3339, or a date (default: now).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags expire" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags expire" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags remove" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags remove" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags remove" -ge 1' -fka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags remove" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl tags push" -ge 1' -fka '(__ocppctl_custom_completion ---completion tags push -- positional@0 (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" all' -l 'all' -d 'Every charge point that is connected.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" full' -l 'full' -d 'The whole list in any case.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" timeout' -l 'timeout' -d 'How long to wait for each answer.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl tags push" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl decode" -ge 1' -F
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" charge-point' -l 'charge-point' -d 'The charge point where the log names none.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" perspective' -l 'perspective' -d 'Who wrote the log, where its format and its frames do not tell.' -rfka 'central-system charge-point'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" timezone' -l 'timezone' -d 'The zone of local times, such as Europe/Berlin or +02:00; without it they are left out.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" date' -l 'date' -d 'The date of the first line, as its clock shows it, for times without a year or a date.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" quirks' -l 'quirks' -d 'How the frames of some charge points are to be read: a file of quirk profiles, as \'ocppctl decode --derive-quirks\' writes it.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" strict' -l 'strict' -d 'Say each violation of the specification, and exit 1 if there is any.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" format' -l 'format' -d 'How records are written.' -rfka 'jsonl text'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" summary' -l 'summary' -d 'Write only one record, at the end: counts and response times.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" findings' -l 'findings' -d 'Write no frames, but what in them a person should look at, at the end.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" color' -l 'color' -d 'Whether text has colours; auto has them on a terminal, unless NO_COLOR is set.' -rfka 'auto always never'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" derive-quirks' -l 'derive-quirks' -d 'Write no records but a file of quirk profiles: how the charge points of the log are to be read.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" line-buffered' -l 'line-buffered' -d 'Write each record by itself, not as many at once as there are.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl decode" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl export-sessions" -ge 1' -F
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" since' -l 'since' -d 'From this time on: RFC 3339, a date, today, yesterday, or how long ago (7d, 12h).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" until' -l 'until' -d 'Before this time, in the same forms.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions"' -l 'charge-point' -d 'Only this charge point; a pattern with * and ?; repeatable.' -rfka '(__ocppctl_custom_completion ---completion export-sessions -- --charge-point (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" timezone' -l 'timezone' -d 'The zone of days and of times without one, given or in logs, and of the times that are written (default: UTC). Europe/Lisbon, +02:00.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" quirks' -l 'quirks' -d 'How the frames of some charge points are to be read: a file of quirk profiles, as \'ocppctl decode --derive-quirks\' writes it.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" format' -l 'format' -d 'How rows are written: CSV with a header, or JSON lines.' -rfka 'csv jsonl'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" columns' -l 'columns' -d 'The columns, in this order, with commas between them (default: all).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" dialect' -l 'dialect' -d 'How CSV is written: as RFC 4180 has it, or as Excel opens it in Brazil (;, decimal comma, BOM).' -rfka 'rfc4180 excel-pt-BR'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" by' -l 'by' -d 'Add up sessions, energy and duration: a row for each day of --timezone, charge point or idTag.' -rfka 'day charge-point idTag'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" cursor' -l 'cursor' -d 'Only what the store has learnt since the run that wrote this file, which is then replaced.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" output' -l 'output' -d 'Add the rows to this file, in one step with --cursor: wherever a run is killed, none is lost or repeated.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-sessions" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl export-meter-values" -ge 1' -F
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" since' -l 'since' -d 'From this time on: RFC 3339, a date, today, yesterday, or how long ago (7d, 12h).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" until' -l 'until' -d 'Before this time, in the same forms.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values"' -l 'charge-point' -d 'Only this charge point; a pattern with * and ?; repeatable.' -rfka '(__ocppctl_custom_completion ---completion export-meter-values -- --charge-point (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" timezone' -l 'timezone' -d 'The zone of days and of times without one, given or in logs, and of the times that are written (default: UTC). Europe/Lisbon, +02:00.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" quirks' -l 'quirks' -d 'How the frames of some charge points are to be read: a file of quirk profiles, as \'ocppctl decode --derive-quirks\' writes it.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" format' -l 'format' -d 'How rows are written: CSV with a header, or JSON lines.' -rfka 'csv jsonl'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" columns' -l 'columns' -d 'The columns, in this order, with commas between them (default: all).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" dialect' -l 'dialect' -d 'How CSV is written: as RFC 4180 has it, or as Excel opens it in Brazil (;, decimal comma, BOM).' -rfka 'rfc4180 excel-pt-BR'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" cursor' -l 'cursor' -d 'Only what the store has learnt since the run that wrote this file, which is then replaced.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" output' -l 'output' -d 'Add the rows to this file, in one step with --cursor: wherever a run is killed, none is lost or repeated.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl export-meter-values" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" url' -l 'url' -d 'The central system; the identity is added to the path.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" id' -l 'id' -d 'The charge point\'s identity.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" password-file' -l 'password-file' -d 'A file with the AuthorizationKey (40 hexadecimal digits, sent as bytes) or another password.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" tls-ca' -l 'tls-ca' -d 'Who signs the central system\'s certificate, PEM (default: the system\'s).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" tls-certificate' -l 'tls-certificate' -d 'The charge point\'s own certificate, PEM, for security profile 3.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" tls-key' -l 'tls-key' -d 'The private key of it, PEM.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" model' -l 'model' -d 'What kind of charge point it is.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate"' -l 'session' -d 'A session to run; repeatable.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate"' -l 'call' -d 'A message to send once it has booted: \'DataTransfer vendorId=com.example\'; repeatable.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate"' -l 'fail' -d 'A failure to report in place of the step that fails: InstallationFailed, UploadFailed; repeatable.' -rfka 'DownloadFailed InstallationFailed InvalidSignature InstallVerificationFailed UploadFailed UploadFailure PermissionDenied BadMessage NotSupportedOperation'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" speed' -l 'speed' -d 'Simulated seconds in a second.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" count' -l 'count' -d 'How many charge points; those of a fleet are named by --id-pattern.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" id-pattern' -l 'id-pattern' -d 'Identities of a fleet: %05d stands for the number, from 1, in five digits.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" load' -l 'load' -d 'Put the central system under load: the charge points only send, and a summary record is written at the end.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" message' -l 'message' -d 'Under --load: what is sent.' -rfka 'heartbeat meter-values session'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" rate' -l 'rate' -d 'Under --load: messages a second, of all charge points together; without it, as many as are answered.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" duration' -l 'duration' -d 'Under --load: how long messages are sent once all have booted.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" ramp' -l 'ramp' -d 'Under --load: over which time the charge points connect; 0 is as fast as they are let in.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" connect-timeout' -l 'connect-timeout' -d 'How long the first connection is tried.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" records' -l 'records' -d 'Which records go to standard output.' -rfka 'frames none'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" quiet' -l 'quiet' -d 'Say only what went wrong.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl simulate" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl passwords" -eq 1' -fa 'set' -d 'Set a charge point\'s key or password; what it had before is valid no more'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl passwords" -eq 1' -fa 'remove' -d 'Forget a charge point; it can connect no more'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl passwords" -eq 1' -fa 'list' -d 'Write the charge points of the file, a record each'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords set" passwords' -l 'passwords' -d 'The passwords\' file.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl passwords set" -eq 1' -fka '(__ocppctl_custom_completion ---completion passwords set -- positional@0 (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords set" password-file' -l 'password-file' -d 'A file for its owner alone, with one line: 40 hexadecimal digits, or a password; - is standard input.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords set" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords set" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords remove" passwords' -l 'passwords' -d 'The passwords\' file.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl passwords remove" -eq 1' -fka '(__ocppctl_custom_completion ---completion passwords remove -- positional@0 (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords remove" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords list" passwords' -l 'passwords' -d 'The passwords\' file.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords list" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl passwords list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" url' -l 'url' -d 'Where DOJOT is.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" user' -l 'user' -d 'The user, whose tenant has the devices.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" password-file' -l 'password-file' -d 'The user\'s password is the first line of this file.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" template' -l 'template' -d 'The template\'s label in DOJOT.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" connectors' -l 'connectors' -d 'Connectors that the template has at least; more where a charge point has more.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" map' -l 'map' -d 'What a template that was there before calls our attributes: {"c1_power_W":"power"}, null for one that is left out.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" prune' -l 'prune' -d 'Remove attributes of the template that are not ours, and with them their values.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" certificates' -l 'certificates' -d 'Get keys and certificates of the devices for mutual TLS, and keep them in this folder.' -rfa '(__ocppctl_complete_directories)'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" verify' -l 'verify' -d 'Publish a marker for each device and read it back from DOJOT\'s history.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" verify-timeout' -l 'verify-timeout' -d 'How long --verify waits for the markers.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" dry-run' -l 'dry-run' -d 'Only say what would be done.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" output-map' -l 'output-map' -d 'Write the devices of these charge points for \'serve --dojot\'.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" mqtt' -l 'mqtt' -d 'DOJOT\'s MQTT broker, for the map and --verify (default: the host of --url, port 1883, or 8883 with --certificates).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" mqtt-version' -l 'mqtt-version' -d 'How devices are named on the broker, for the map and --verify.' -rfka 'v0.4 v0.5'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl provision-dojot" -ge 1' -F
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl provision-dojot" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" dojot' -l 'dojot' -d 'The map of charge points and devices that \'provision-dojot --output-map\' wrote.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" mqtt-version' -l 'mqtt-version' -d 'How devices are named on the broker: v0.4 for DOJOT 0.4 and the Mosca broker (default: as the map says, else v0.5).' -rfka 'v0.4 v0.5'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" charge-point' -l 'charge-point' -d 'The charge point where the log names none.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" perspective' -l 'perspective' -d 'Who wrote the log, where its format and its frames do not tell.' -rfka 'central-system charge-point'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" timezone' -l 'timezone' -d 'The zone of local times, such as Europe/Berlin or +02:00; without it they are left out.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" date' -l 'date' -d 'The date of the first line, as its clock shows it, for times without a year or a date.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" quirks' -l 'quirks' -d 'How the frames of some charge points are to be read: a file of quirk profiles, as \'ocppctl decode --derive-quirks\' writes it.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" timeout' -l 'timeout' -d 'Give up when nothing is acknowledged for so long.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" hash-tags' -l 'hash-tags' -d 'Publish SHA-256 hashes of idTags in place of the idTags.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" dry-run' -l 'dry-run' -d 'Write what would be published as records, and publish nothing.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" replay' -l 'replay' -d 'Publish again what a broker has acknowledged, from the store.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" since' -l 'since' -d 'Of --replay: what was acknowledged from this time on: RFC 3339, a date, today, yesterday, or how long ago (7d, 12h).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" until' -l 'until' -d 'Of --replay: before this time, in the same forms.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" store' -l 'store' -d 'The store (default: $OCPPCTL_STORE, else $XDG_STATE_HOME/ocppctl/ocppctl.db).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl publish-dojot" -ge 1' -F
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl publish-dojot" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" url' -l 'url' -d 'Where DOJOT is.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" user' -l 'user' -d 'The user, whose tenant has the devices.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" password-file' -l 'password-file' -d 'The user\'s password is the first line of this file.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" dojot' -l 'dojot' -d 'The map of charge points and devices that \'provision-dojot --output-map\' wrote.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" mqtt-version' -l 'mqtt-version' -d 'How devices are named on the broker: v0.4 for DOJOT 0.4 and the Mosca broker (default: as the map says, else v0.5).' -rfka 'v0.4 v0.5'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" since' -l 'since' -d 'From this time on: RFC 3339, a date, today, yesterday, or how long ago (7d, 12h).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" until' -l 'until' -d 'Before this time, in the same forms.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" records' -l 'records' -d 'Which records are written.' -rfka 'all sessions meter-values history'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot"' -l 'attribute' -d 'Only this attribute, by our label; repeatable. Without it, all of the template.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" follow' -l 'follow' -d 'Go on with what arrives, over DOJOT\'s WebSocket.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" subscribe' -l 'subscribe' -d 'Read what arrives from the map\'s broker, whose rules must allow it.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" mqtt-user' -l 'mqtt-user' -d 'The user name for --subscribe.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl history-dojot" -ge 1' -fka '(__ocppctl_custom_completion ---completion history-dojot -- positional@0 (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl history-dojot" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl check" -eq 1' -fka '(__ocppctl_custom_completion ---completion check -- positional@0 (count (__ocppctl_tokens -pc)) (__ocppctl_tokens -tC))'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" control' -l 'control' -d 'The running server\'s control socket (default: $OCPPCTL_CONTROL, else $XDG_RUNTIME_DIR/ocppctl/control.sock).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" url' -l 'url' -d 'A central system; the identity is added to the path.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" id' -l 'id' -d 'The identity to come as (default: CHECK).' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" password-file' -l 'password-file' -d 'A file with the AuthorizationKey (40 hexadecimal digits, sent as bytes) or another password.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" tls-ca' -l 'tls-ca' -d 'Who signs the central system\'s certificate, PEM (default: the system\'s).' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" tls-certificate' -l 'tls-certificate' -d 'The charge point\'s own certificate, PEM, for security profile 3.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" tls-key' -l 'tls-key' -d 'The private key of it, PEM.' -rF
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" restart' -l 'restart' -d 'Restart the charge point, and see whether it comes back.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" timeout' -l 'timeout' -d 'How long to wait for each answer.' -rfka ''
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" format' -l 'format' -d 'Records, or lines for people.' -rfka 'jsonl text'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl check" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_positional "ocppctl config" -ge 1' -fka 'serve send watch stations dashboard tags decode export-sessions export-meter-values simulate passwords provision-dojot publish-dojot history-dojot check config'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl config" changed' -l 'changed' -d 'Leave out what is as it is by default.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl config" format' -l 'format' -d 'Records, or lines for people.' -rfka 'jsonl text'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl config" version' -l 'version' -d 'Show the version.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'ocppctl' -n '__ocppctl_should_offer_completions_for_flags_or_options "ocppctl help" version' -l 'version' -d 'Show the version.'
