// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/manual.hpp"

namespace mmsgate::cli {
namespace {

constexpr std::string_view kIntroduction = R"(.SH NAME
mmsgate.conf \- the config of mmsgate
.SH DESCRIPTION
A file of lines
.IR "option" " = " "value"
below
.RI [ section ]
lines. A line that begins with # or ; is a comment; a further line of a longer value is indented. A ~ in a path is the home
of the user that the gateway runs as. An empty value counts as not set.
.PP
It is looked for at
.I /etc/flexisip/mmsgate.conf
and then at
.IR /etc/mmsgate/mmsgate.conf ,
unless
.BR mmsgate (1)
is told another place. Three options are needed:
.BR apiid ,
.B apipw
and
.BR webdns .
The file holds a password: nobody but the gateway's group should be able to read it.
.PP
.RS
.nf
mmsgate config check
.fi
.RE
.PP
says whether it is right, and
.PP
.RS
.nf
mmsgate config show
.fi
.RE
.PP
how each option holds. What is changed takes effect at the next start, or, where it says
.IR live ,
already when the gateway is told to read the config again (systemctl reload mmsgate).
)";

constexpr std::string_view kEnd = R"(.SH FILES
.TP
.I /usr/share/doc/mmsgate/docs/config.md
Says more of what is long, such as SIP over TLS, webfilter and reading a trace: where it says \(lqsee below\(rq here, it
stands there.
.SH EXAMPLES
.RS
.nf
[api]
apiid = owner@example.org
apipw = the\-api\-password
[web]
webdns = sms.example.org
.fi
.RE
.SH "SEE ALSO"
.BR mmsgate (1)
)";

std::string kind_of(const ops::Option& option) {
  if (option.form == ops::Form::required) return " It must be there.";
  std::string text;
  if (option.form == ops::Form::choice) text += fmt::format(" One of: {}.", roff(option.choices));
  if (option.form == ops::Form::flag) text += " yes or no.";
  if (option.fallback.empty()) return text;
  return text + fmt::format(" When not set: {}.", roff(option.fallback));
}

}  // namespace

std::string manual_of_config(std::span<const ops::Option> options) {
  std::string text = title("MMSGATE.CONF", 5);
  text += kIntroduction;
  std::string_view section;
  for (const ops::Option& option : options) {
    if (option.section != section) text += fmt::format(".SH [{}]\n", roff(section = option.section));
    text += fmt::format(".TP\n.B {}\n{}{}{}\n", roff(option.name), roff(option.help), kind_of(option),
                        option.use == ops::Use::live ? " \\fILive.\\fR" : "");
  }
  return text + std::string(kEnd);
}

}  // namespace mmsgate::cli
