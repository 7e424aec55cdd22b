// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "version.hpp"

namespace mmsgate::cli {
namespace {

constexpr std::string_view kIntroduction = R"(.SH DESCRIPTION
.B mmsgate
stands between VoIP.ms, which has picture messages only as a web interface, and Linphone phones, which speak SIP. It takes
what either sends, has it on disk before it says yes, and delivers it to the other.
.PP
Without a command it serves, as
.B mmsgate serve
does. The other commands look after the same config and the same database, while it runs or while it does not. Type them as
root where the Debian package has put it, else as its user. Root's are done as the user mmsgate where the config belongs to that
user or its group, but for
.BR registrations ,
.B flexisip
and
.BR kamailio ,
which look at files of the proxy.
.PP
What they print has no text of any message in it.
)";

constexpr std::string_view kEnd = R"(.SH SIGNALS
What
.B mmsgate serve
does at
.TP
.B SIGHUP
The log file and the trace are opened anew, and the config is read again. What in it takes effect at once, and what at the
next start, is said in
.BR mmsgate.conf (5).
.TP
.B SIGTERM\fR, \fBSIGINT
It ends. What was cut off is taken up again at the next start.
.SH "EXIT STATUS"
.TP
.B 0
Done.
.TP
.B 1
It could not be done; standard error says why.
.TP
.B 2\fR, and above 100
The config or the command line is wrong; standard error says where, and what to do.
.SH ENVIRONMENT
.TP
.B HOME
What a ~ in the config means.
.TP
.B NOTIFY_SOCKET\fR, \fBWATCHDOG_USEC
Where systemd wants to hear that the gateway is ready, how it is, and that it turns: see
.BR sd_notify (3).
.TP
.B CREDENTIALS_DIRECTORY
Where systemd puts passwords; see
.BR mmsgate.conf (5).
.SH FILES
.TP
.I /etc/flexisip/mmsgate.conf\fR, else \fI/etc/mmsgate/mmsgate.conf
The config: the first that is there, unless another is named.
.TP
.I /var/lib/mmsgate
Database and files, with the Debian package.
.TP
.I /usr/share/doc/mmsgate
All of the manual, such as how to set up the proxy and the phones.
.SH EXAMPLES
.TP
.B mmsgate config check
Says whether the config is right, and else where it is wrong.
.TP
.B mmsgate hook show
Prints the address that VoIP.ms must call.
.TP
.B mmsgate messages list \-\-open
Shows what still has to go somewhere.
.SH "SEE ALSO"
.BR mmsgate.conf (5),
.BR systemctl (1),
.BR journalctl (1)
)";

std::string names_of(const Word& word) {
  std::string all;
  for (const std::string& name : word.names) {
    all += fmt::format("{}\\fB{}\\fR", all.empty() ? "" : ", ", roff(name));
  }
  if (word.value.empty()) return all;
  std::string value = word.choices.empty()
                          ? fmt::format("\\fI{}\\fR", roff(word.value))
                          : fmt::format("\\fB{}\\fR", roff(fmt::format("{}", fmt::join(word.choices, "|"))));
  if (word.names.empty() && word.is_many) value += " ...";
  return all.empty() ? value : fmt::format("{} {}", all, value);
}

std::string entry_of(const Word& word) {
  std::string text = roff(word.help) + ".";
  if (!word.range.empty()) text += fmt::format(" {}.", roff(word.range));
  if (!word.fallback.empty()) text += fmt::format(" When not given: {}.", roff(word.fallback));
  return fmt::format(".TP\n{}\n{}\n", names_of(word), text);
}

/// `[--force] FILE`
std::string usage_of(const Verb& verb) {
  std::string usage;
  for (const Word& option : verb.options) {
    if (option.names.back() != "--help")
      usage += fmt::format(
          " [{}]", names_of({.names = {option.names.back()}, .value = option.value, .choices = option.choices}));
  }
  for (const Word& argument : verb.arguments) {
    const std::string name = names_of(argument);
    usage += argument.is_required ? " " + name : fmt::format(" [{}]", name);
  }
  return usage;
}

std::string section_of(const Verb& verb) {
  std::string text = fmt::format(".SS mmsgate {}\n", roff(verb.path));
  text += fmt::format("\\fBmmsgate {}\\fR{}\n.PP\n{}.\n", roff(verb.path), usage_of(verb), roff(verb.help));
  for (const Word& argument : verb.arguments) text += entry_of(argument);
  for (const Word& option : verb.options) {
    if (option.names.back() != "--help") text += entry_of(option);
  }
  return text;
}

}  // namespace

std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '\n':
        out += ' ';
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string title(std::string_view name, int section) {
  return fmt::format(
      ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made by `mmsgate manual`.\n"
      ".TH {} {} \"{}\" \"MMSGate {}\" \"MMSGate\"\n",
      name, section, MMSGATE_MANUAL_DATE, kVersion);
}

std::string manual_of_commands(const Verb& top) {
  std::string text = title("MMSGATE", 1);
  text += fmt::format(".SH NAME\nmmsgate \\- carries MMS and SMS between VoIP.ms and Linphone phones\n");
  text += ".SH SYNOPSIS\n.B mmsgate\n[\\fIOPTION\\fR ...] [\\fICOMMAND\\fR [\\fIOPTION\\fR ...]]\n";
  text += kIntroduction;
  text += ".SH OPTIONS\nThey may stand before or after the command.\n";
  for (const Word& option : top.options) text += entry_of(option);
  text += ".SH COMMANDS\n";
  for (const Place& place : places_of(top)) {
    const bool is_command = place.verb->verbs.empty() && place.verb != &top;
    if (is_command || (place.verb != &top && place.verb->options.size() > 1)) text += section_of(*place.verb);
  }
  return text + std::string(kEnd);
}

}  // namespace mmsgate::cli
