// SPDX-License-Identifier: Apache-2.0
// The trace, as the stack itself makes it.
#include "sip/trace.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "component/sip/endpoint_fixture.hpp"
#include "runtime/system.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::sip {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Traces : public EndpointTest {
 protected:
  void trace(TraceOptions options) {
    log_ = runtime::Log::open(runtime::LogLevel::warning, folder_.file("log")).value();
    options_.trace = Trace::open(options, clock_, log_).value();
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream in(folder_.file(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// A message with a password goes by; what has been written is on disk when this returns.
  void exchange() {
    UdpPeer phone(port());
    phone.send(
        SipRequest{.headers = {"Authorization: Digest username=\"a\",", " response=\"s3cret\""}, .body = "Hello\r\nyou"}
            .bytes());
    accept();
    EXPECT_EQ(phone.receive().status(), 202);
    from_ = phone.port();
    endpoint_.reset();
  }

  const testing_support::TempFolder folder_;
  runtime::SystemClock clock_;
  std::shared_ptr<runtime::Log> log_;
  std::uint16_t from_ = 0;
};

TEST_F(Traces, AMessageIsABlockInTheFile) {
  trace({.file = folder_.file("trace"), .file_level = 4});
  exchange();
  const std::string written = text("trace");
  const std::string time = "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+[.][0-9]+Z ";
  EXPECT_THAT(written,
              ContainsRegex(fmt::format(
                  "(^|\n){}<- UDP 127.0.0.1:{}, [0-9]+ bytes\n  MESSAGE sip:5145550111@example.org SIP/2.0\n  Via: ",
                  time, from_)));
  EXPECT_THAT(written, HasSubstr("  Authorization: (hidden)\n   (hidden)\n"));
  EXPECT_THAT(written, HasSubstr("\n\n  Hello\n  you\n\n"));
  EXPECT_THAT(written,
              ContainsRegex(fmt::format("{}-> UDP 127.0.0.1:{}, [0-9]+ bytes\n  SIP/2.0 202 Accepted\n", time, from_)));
  EXPECT_THAT(written, Not(HasSubstr("s3cret")));
  EXPECT_THAT(text("log"), IsEmpty());
}

TEST_F(Traces, TheFileIsForItsOwnerAlone) {
  trace({.file = folder_.file("trace"), .file_level = 4});
  struct stat status {};
  ASSERT_EQ(::stat(folder_.file("trace").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Traces, BelowMessagesOnlyTheStackSpeaks) {
  trace({.file = folder_.file("trace"), .file_level = 3});
  exchange();
  EXPECT_THAT(text("trace"), AllOf(Not(HasSubstr("Hello")), Not(HasSubstr("Via:"))));
}

// Whoever sets siploglevel wants to see it, and the usual level of the log is WARNING.
TEST_F(Traces, TheLogHasItWhateverItsLevel) {
  trace({.log_level = 5});
  exchange();
  EXPECT_THAT(text("log"), AllOf(HasSubstr(" info sip: <- UDP 127.0.0.1:"), HasSubstr(" info sip: | Hello\n"),
                                 HasSubstr(" info sip: | Authorization: (hidden)\n"), Not(HasSubstr("s3cret"))));
}

TEST_F(Traces, FileAndLogHaveLevelsOfTheirOwn) {
  trace({.log_level = 1, .file = folder_.file("trace"), .file_level = 4});
  exchange();
  EXPECT_THAT(text("trace"), HasSubstr("  Hello\n"));
  EXPECT_THAT(text("log"), Not(HasSubstr("Hello")));
}

TEST_F(Traces, AtNoughtNothingIsWritten) {
  trace({.file = folder_.file("trace")});
  exchange();
  EXPECT_THAT(text("trace"), IsEmpty());
  EXPECT_THAT(text("log"), IsEmpty());
}

TEST_F(Traces, AFileThatWasMovedAwayIsOpenedAnew) {
  trace({.file = folder_.file("trace"), .file_level = 4});
  std::filesystem::rename(folder_.file("trace"), folder_.file("trace.1"));
  ASSERT_TRUE(options_.trace->reopen());
  exchange();
  EXPECT_THAT(text("trace"), HasSubstr("Hello"));
  EXPECT_THAT(text("trace.1"), Not(HasSubstr("Hello")));
}

TEST_F(Traces, AFileThatCannotBeOpenedIsSaid) {
  const auto opened = Trace::open({.file = "/proc/no/such/trace", .file_level = 4}, clock_, runtime::Log::none());
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, AllOf(HasSubstr("/proc/no/such/trace"), HasSubstr("siplogfile")));
}

TEST_F(Traces, ADiskThatIsFullIsSaidOnceAndStopsNothing) {
  trace({.file = "/dev/full", .file_level = 9});
  exchange();
  const std::string log = text("log");
  const auto first = log.find("/dev/full cannot be written");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("cannot be written", first + 20), std::string::npos);
}

}  // namespace
}  // namespace mmsgate::sip
