"""Who may use a key, where several processes share it: one module for each engine."""

from sitoo_async._gates.gate import Gate, Grant, PromptGate, check_gate

__all__ = ["Gate", "Grant", "PromptGate", "check_gate"]
