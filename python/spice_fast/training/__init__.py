"""The policy update on TRL, the engines that live in the trainer's process, and a whole run from its configuration."""
