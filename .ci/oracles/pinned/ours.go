package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// ours is the program around our engine: a job a line in, an answer a line out.
type ours struct {
	program string
	profile string
	process *exec.Cmd
	jobs    io.WriteCloser
	answers *bufio.Reader
}

// refusal is what our engine says instead of printing.
type refusal struct {
	message string
	// Outermost first.
	sites []string
}

func (refusal *refusal) Error() string { return refusal.message }

func (ours *ours) start() error {
	ours.process = exec.Command(ours.program, ours.profile)
	ours.process.Stderr = os.Stderr
	jobs, err := ours.process.StdinPipe()
	if err != nil {
		return err
	}
	answers, err := ours.process.StdoutPipe()
	if err != nil {
		return err
	}
	ours.jobs, ours.answers = jobs, bufio.NewReader(answers)
	return ours.process.Start()
}

// asks hands a job over and waits for its answer; a program that died or is late is started anew for the next one.
func (ours *ours) asks(job any) ([]byte, error) {
	if ours.process == nil {
		if err := ours.start(); err != nil {
			return nil, err
		}
	}
	encoded, err := json.Marshal(job)
	if err != nil {
		return nil, err
	}
	process := ours.process
	late := time.AfterFunc(patience, func() { _ = process.Process.Kill() })
	defer late.Stop()
	_, err = ours.jobs.Write(append(encoded, '\n'))
	var line []byte
	if err == nil {
		line, err = ours.answers.ReadBytes('\n')
	}
	if err != nil {
		ours.process = nil
		return nil, errors.Join(errors.New("our program died"), err, process.Wait())
	}
	var answer struct {
		Output []byte   `json:"output"`
		Error  *string  `json:"error"`
		Sites  []string `json:"sites"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, err
	}
	if answer.Error != nil {
		return nil, &refusal{*answer.Error, answer.Sites}
	}
	return answer.Output, nil
}
