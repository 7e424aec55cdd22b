// SPDX-License-Identifier: Apache-2.0
// The engine: takes from the store what is due, has it sent, and writes down how it went. It keeps nothing in memory
// that the store does not know: a crash at any point costs a repeated try, never a message.
//
// Its state lives on the gateway's loop; the public members may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "core/backlog.hpp"
#include "gateway/pump.hpp"
#include "gateway/sender.hpp"
#include "gateway/world.hpp"
#include "runtime/rarely.hpp"

namespace mmsgate::gateway {

class Deliveries {
 public:
  explicit Deliveries(World world);

  /// Puts right what an earlier end cut off, then lets deliveries flow. The senders must outlive stop().
  void start(Sender& phones, Sender& carrier);
  /// Claims nothing more. What is under way ends by itself, or is put right by the next start.
  void stop();

  /// There may be something new for this way out.
  void poke(Target target) { flow(target).pump.poke(); }
  /// More wait for this way out than it can take for now: who would bring more is to come again.
  [[nodiscard]] bool is_behind(Target target) const { return flows_[index(target)].is_behind; }
  /// The account has a registered phone: what waits for it goes at once.
  void on_registered(const std::string& account);
  /// The proxy of this name answers: one life of it has one name. What a former one kept in its memory is sent again.
  void on_proxy(std::string name);
  /// The phone of the account says that it has (or shows) the message that we sent with this Call-ID. `done`: it is
  /// stored.
  void on_receipt(store::HandsetWord word, std::function<void(Result<bool>)> done);

 private:
  struct Flow {
    Pump pump;
    Sender* sender = nullptr;
    Backlog backlog{};
    std::atomic<bool> is_behind = false;
  };
  /// A try under way.
  struct Try;
  /// Of an account's phones.
  struct Presence {
    /// Since start: tells whether a phone came while its delivery was being refused.
    int registrations = 0;
    bool looks = false;        ///< The store has been asked to release what waits for it, and has not answered.
    bool comes_again = false;  ///< It has registered since.
  };

  static std::size_t index(Target target) { return target == Target::phone ? 0 : 1; }
  Flow& flow(Target target) { return flows_[index(target)]; }
  void claim(Target target, int limit, Pump::Claimed claimed);
  void look_whether_behind(Target target, bool is_full, int ready);
  void begin(store::Job job);
  void in_hand(const std::shared_ptr<Try>& attempt);
  void ended(const std::shared_ptr<Try>& attempt, Verdict verdict);
  /// There is room for another.
  void freed(Target target);
  [[nodiscard]] store::Outcome judge(const Try& attempt, Verdict verdict);
  void record(store::Outcome outcome);
  void look_for(const std::string& account);
  [[nodiscard]] int registrations_of(const std::string& account) const;
  void note_proxy();
  [[nodiscard]] RetryPolicy policy_for(const store::Job& job) const;
  [[nodiscard]] store::FollowUp news();

  World world_;
  std::array<Flow, 2> flows_;
  RetryPolicy receipt_policy_;
  runtime::Rarely behind_lines_;
  std::string proxy_;                                       ///< The one that has answered last.
  std::map<std::string, Presence, std::less<>> presences_;  ///< Of accounts of ours alone.
};

}  // namespace mmsgate::gateway
