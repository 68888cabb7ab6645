#pragma once
// The program of the script workers, which this binary carries: a file in memory that can be
// started. Made when the first worker is wanted; belongs to the spawner's thread.

namespace gantry::integrations::script {

class WorkerProgram {
 public:
  WorkerProgram();  // throws when the system gives no such file
  ~WorkerProgram();
  WorkerProgram(const WorkerProgram&) = delete;
  WorkerProgram& operator=(const WorkerProgram&) = delete;

  int file() const { return file_; }

 private:
  int file_;
};

}  // namespace gantry::integrations::script
